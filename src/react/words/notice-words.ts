import type { BroadcastErrorCode, HealthReason, InterruptionCause } from '../../core/index.js';
import { VIEWER_WORDS } from './viewer-words.js';

/** The words for an error or a bad picture: the event as one short sentence, and the next step. */
export interface ErrorWords {
  readonly title: string;
  readonly next: string;
}

const errors: Record<BroadcastErrorCode, ErrorWords> = {
  'permission-denied': {
    title: 'The browser blocks your camera or microphone',
    next: 'Allow camera and microphone for this page, then try again.',
  },
  'permission-dismissed': {
    title: 'The browser’s question was closed',
    next: 'Try again, and choose Allow.',
  },
  'permission-denied-by-system': {
    title: 'Your computer or phone blocks the camera or microphone',
    next: 'Open its privacy settings, allow camera and microphone for this browser, then try again. If that changes nothing, close the browser and open it again.',
  },
  'permission-denied-by-policy': {
    title: 'This page isn’t allowed to use your camera or microphone',
    next: 'If it’s embedded in another page, that page has to allow it. Open it in a tab of its own, or tell the people who run the site.',
  },
  'device-not-found': {
    title: 'No camera or microphone was found',
    next: 'Connect one, then try again.',
  },
  'device-in-use': {
    title: 'The camera or microphone did not start',
    next: 'Close other programs that may use it, then try again.',
  },
  'device-lost': {
    title: 'The camera or microphone was disconnected',
    next: 'Connect it again, or choose another one.',
  },
  'constraints-not-met': {
    title: 'The chosen device cannot be used',
    next: 'Choose another one, or connect it again.',
  },
  'app-source-failed': {
    title: 'This page’s own picture or sound failed',
    next: 'If it stays like that, tell the people who run this page.',
  },
  'processor-failed': {
    title: 'An effect of this page failed',
    next: 'The picture or sound goes out without it. Tell the people who run this page.',
  },
  'insecure-context': {
    title: 'This page may not use a camera',
    next: 'Open it over https. Browsers give cameras only to secure pages.',
  },
  unsupported: {
    title: 'Broadcasting this way is not supported',
    next: 'Use a current Chrome, Edge, Firefox or Safari browser.',
  },
  'blocked-by-content-policy': {
    title: 'This page forbids itself to reach the server',
    next: 'Whoever runs this page has to allow it in the page’s content security policy.',
  },
  'image-not-loaded': {
    title: 'An image could not be loaded',
    next: 'Your video goes on without it. Check the image’s address, and that its server lets this page read it.',
  },
  'invalid-options': {
    title: 'The stream’s address cannot be used',
    next: 'Check the server URL and the stream key.',
  },
  unauthorized: {
    title: 'The ingest refused your stream',
    next: 'The address may have expired. Get a new one and try again.',
  },
  'address-expired': {
    title: 'Your stream’s address has expired',
    next: 'Get a new one, then go live with it.',
  },
  'stream-not-found': {
    title: 'The ingest does not know your stream',
    next: 'Start the stream, check its key, then try again.',
  },
  'stream-busy': {
    title: 'Someone else is already live on this stream',
    next: 'Take over to go live in their place, or stop them first.',
  },
  unreachable: {
    title: 'The server could not be reached',
    next: 'Check your network, and that the server’s address is right, then try again.',
  },
  'handshake-refused': {
    title: 'The server refused the connection',
    next: 'Check the server URL. The stream may be over: start it again, then try again.',
  },
  timeout: {
    title: 'The server did not answer in time',
    next: 'It may be busy, or your network slow. Try again in a moment.',
  },
  'protocol-violation': {
    title: 'The ingest gave an answer that makes no sense',
    next: 'Check that the server URL belongs to an ingest, then try again.',
  },
  'negotiation-failed': {
    title: 'No path for picture and sound was found',
    next: 'A firewall may be in the way. Try another network, or a TCP connection.',
  },
  'no-common-codec': {
    title: 'The server takes nothing that this browser can send',
    next: 'Use another browser. The server should take H264 or VP8, and Opus.',
  },
  'media-lost': {
    title: 'Your video stopped reaching the server',
    next: 'Your connection may have dropped. Check it, then go live again.',
  },
  'ingest-timeout': {
    title: 'The server stopped waiting for you',
    next: 'Start the stream again, then go live in time.',
  },
  'resume-expired': {
    title: 'The stream ended before you were back',
    next: 'Start the stream again to go on.',
  },
  'renewal-failed': {
    title: 'The stream ended and could not be started again',
    next: 'Start it yourself. If that does not work either, try later.',
  },
  'already-live-here': {
    title: 'Another tab broadcasts this stream already',
    next: 'Go on in that tab, or stop it there and try again.',
  },
  unexpected: {
    title: 'Something unforeseen went wrong',
    next: 'Try again. If it stays, report it with the details below.',
  },
};

const interruptions: Record<InterruptionCause, string> = {
  'socket-closed': 'The ingest closed the connection',
  'path-failed': 'The path for picture and sound broke',
  silence: 'Nothing comes back from the ingest',
  offline: 'Your network is gone',
  'network-changed': 'Your network changed',
  'woke-up': 'Your computer was asleep',
  'page-left': 'You left the page',
  'source-added': 'Your camera or microphone was added',
};

const reasons: Record<HealthReason, ErrorWords> = {
  'no-answer': {
    title: 'Nothing gets through to viewers',
    next: 'Nothing comes back from the server. Check your network; the broadcast goes on as soon as it can.',
  },
  'camera-lost': {
    title: 'Viewers can’t see you',
    next: 'Your camera stopped, or could not be opened. Connect it again, or choose another one.',
  },
  'microphone-lost': {
    title: 'Viewers can’t hear you',
    next: 'Your microphone stopped, or could not be opened. Connect it again, or choose another one.',
  },
  'picture-refused': {
    title: 'Your video can’t be sent',
    next: 'The server takes no video that this browser can send. Use another browser to be seen.',
  },
  'sound-refused': {
    title: 'Your sound can’t be sent',
    next: 'The server takes no sound that this browser can send. Use another browser to be heard.',
  },
  'output-frozen': {
    title: 'Viewers may see a freeze',
    next: 'You are sending, but the playback on this page stands still. If it stays so, stop and go live again.',
  },
  'no-picture': {
    title: 'Viewers see no picture',
    next: 'Your camera is on, but gives no picture. Close other programs that use it, connect it again, or choose another one.',
  },
  'picture-black': {
    title: 'Viewers see only black',
    next: 'Your camera gives a black picture. Open its cover, switch a light on, or choose another camera.',
  },
  'picture-still': {
    title: 'Viewers see a still picture',
    next: 'Your camera gives the same picture all the time. If it should move, open its cover, connect it again, or choose another one.',
  },
  'no-sound': {
    title: 'Viewers may hear nothing',
    next: 'Your microphone is on, but silent. Check its own switch, close other programs that use it, or choose another one.',
  },
  'network-loss': {
    title: 'Viewers may see a torn picture',
    next: 'Part of what you send gets lost. Move closer to your router, or use a cable.',
  },
  'network-slow': {
    title: 'Viewers see a coarse picture',
    next: 'Your network carries too little. Stop other uploads, or use a cable.',
  },
  'network-delay': {
    title: 'Viewers see you late',
    next: 'Your network answers slowly. Stop other downloads, or use a cable.',
  },
  cpu: {
    title: 'Viewers may see a coarse or jerky picture',
    next: 'This computer is at its limit. Close other programs and tabs.',
  },
  'camera-slow': {
    title: 'Viewers see a jerky picture',
    next: 'Your camera gives few pictures. Switch a light on, or choose another camera.',
  },
  'few-pictures': {
    title: 'Viewers see a jerky picture',
    next: 'Few pictures are sent. Close other programs and tabs.',
  },
};

/** The words of notices and announcements, which are loaded once a page shows its first screen. */
export const NOTICE_WORDS = {
  errors,
  reasons,
  interruptions,

  noTargetTitle: 'You cannot go live yet',
  noTargetBody: 'The server URL of your stream is missing. Start the stream first.',

  notStartedTitle: 'Your stream is not started yet',
  notStartedBody: 'Start it, then go live before its clock runs out.',
  startingTitle: 'Your stream is being started',
  startingBody: 'You can go live as soon as it is.',
  startFailedTitle: 'Your stream could not be started',
  runningTitle: 'Your stream is already running',
  runningBody: 'Continue to go live on it.',
  stillRunningTitle: 'Your stream is still running',
  stillRunningBody: 'You can go live on it again.',
  overTitle: 'Your stream has ended',
  overBody: 'Start it again to go live.',
  elsewhereTitle: 'Your stream is live from another source',
  elsewhereCamera: 'Turn on your camera to go live from here instead.',
  elsewhereMicrophone: 'Turn on your microphone to go live from here instead.',
  takenTitle: 'Another source is live on this stream',
  takenBody: 'Take over to go live from here. The other source is cut off then.',
  soonTitle: 'Start soon',
  soonBody: 'The ingest stops waiting for you when the clock runs out.',
  connectingTitle: 'Viewers do not see you yet',
  waitingForCapture: 'Waiting for camera and microphone. Your browser may be asking for them.',
  waitingForSignaling: 'Waiting for the ingest to answer.',
  waitingForPath: 'Waiting for a path to the ingest.',
  waitingForMedia: 'Waiting for your first picture to arrive.',
  lostTitle: 'Connection lost. Viewers see a freeze.',
  lostSoonTitle: 'Connection lost. Viewers are about to see a freeze.',
  askingIngest: 'Asking the ingest whether it can be reached.',
  waitingToHeal: 'Waiting a moment for it to come back.',
  lookingForNetwork: 'Looking for the network. You go on as soon as it is back.',
  waitingToRenew: 'The ingest ended the stream. Starting it again.',
  lostBusy: 'The ingest still holds your last session',
  causeSentence: '{cause}.',

  tryingNow: 'Trying now.',
  expiredTitle: 'Viewers can no longer see you',
  expiredBody:
    'The server waits {seconds} seconds at most, and the stream has ended. Start it again to go on.',
  missedTitle: 'The stream is over before you went live',
  missedBody: 'The ingest waits {seconds} seconds for a picture. Start the stream again.',
  noScreenTitle: 'Your screen isn’t shared',
  noScreenBody: 'Viewers get what they got before. The details below say why; then share again.',
  noMicrophoneTitle: 'Viewers won’t hear you',
  noCameraTitle: 'Viewers won’t see you',
  otherCameraTitle: 'We’re using another camera',
  speakingMutedTitle: 'You’re muted',
  speakingMutedBody: 'You’re speaking, but viewers can’t hear you.',
  clippingTitle: 'Your microphone is too loud',
  clippingBody:
    'Viewers hear you distorted. Move back a little, or turn your microphone down in your system’s settings.',
  otherMicrophoneTitle: 'We’re using another microphone',
  keepDevice: 'Keep it',
  dismiss: 'OK',
  heldCameraTitle: 'Your camera is interrupted',
  heldMicrophoneTitle: 'Your microphone is interrupted',
  heldBody: 'A call or another app may be using it. You go on as soon as it’s free.',

  allowInChrome:
    'Click the icon left of the address, switch camera and microphone on, then try again.',
  allowInEdge:
    'Click the lock left of the address, set camera and microphone to Allow, then load this page again.',
  allowInFirefox:
    'Click the crossed-out camera left of the address, remove the block, then try again.',
  allowInSafari:
    'Open Safari’s settings for this website, set camera and microphone to Allow, then try again.',
  allowOnIos:
    'Open the page menu beside the address, then Website Settings, and allow camera and microphone. If it isn’t there, look in Settings under the name of this browser.',
  allowOnAndroid:
    'Tap the icon left of the address, then Permissions, and allow camera and microphone. If that changes nothing, allow them for this browser in Android’s settings.',

  saySeen: VIEWER_WORDS.saySeen,

  sayBlank: 'Camera and microphone are off',
  sayReady: 'Ready to go live',
  sayStopped: 'You are off air',
  sayConnecting: 'Connecting',
  sayLive: 'You are live',
  sayLiveAgain: 'You are live again',
  sayUnstarted: 'Start your stream to go live',
  saySecondsToStart: '{seconds} seconds left to start',
  saySecondsToResume: '{seconds} seconds left to resume',
  sayRecovered: 'Viewers get everything again',
} as const satisfies Readonly<Record<string, string | Record<string, string | ErrorWords>>>;
