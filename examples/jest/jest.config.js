/** SWC turns JSX and ES modules, `import.meta` included, into what Jest runs. */
const transform = ['@swc/jest', { jsc: { transform: { react: { runtime: 'automatic' } } } }];

module.exports = {
  testEnvironment: 'jsdom',
  transform: { '\\.jsx?$': transform },
  // The kit is made of ES modules alone, so the transform has to reach it too.
  transformIgnorePatterns: ['/node_modules/(?!webrtc-broadcaster/)'],
};
