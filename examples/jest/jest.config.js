module.exports = {
  testEnvironment: 'jsdom',
  // The kit is made of ES modules alone, so Babel has to reach it too.
  transformIgnorePatterns: ['/node_modules/(?!webrtc-broadcaster/)'],
};
