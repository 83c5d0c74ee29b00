import { createLiveClient, createSessionHandler } from 'webrtc-broadcaster/qencode';

const client = createLiveClient({
  apiKey: process.env.QENCODE_API_KEY,
  baseUrl: process.env.QENCODE_API_URL,
});

const handler = createSessionHandler({
  client,
  // In an app with accounts: whoever is signed in, by the request's cookie, or null.
  authorize: () => ({ caller: 'the only person here' }),
  onError: console.error,
});

export { handler as DELETE, handler as GET, handler as POST, handler as PUT };
