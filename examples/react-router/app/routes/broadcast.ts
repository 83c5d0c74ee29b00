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

/** A resource route: React Router hands a GET to the loader, and the rest to the action. */
export const loader = ({ request }: { request: Request }) => handler(request);
export const action = ({ request }: { request: Request }) => handler(request);
