/** SWC turns JSX and ES modules, `import.meta` included, into what Jest runs. */
const jsc = {
  parser: { syntax: 'ecmascript', jsx: true },
  transform: { react: { runtime: 'automatic' } },
};

module.exports = {
  testEnvironment: 'jsdom',
  transform: { '\\.jsx?$': ['@swc/jest', { jsc }] },
  // The kit is made of ES modules alone, so the transform has to reach it too.
  transformIgnorePatterns: ['/node_modules/(?!webrtc-broadcaster/)'],
};
