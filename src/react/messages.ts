import type { BroadcastErrorCode, HealthReason, InterruptionCause } from '../core/index.js';

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
  'insecure-context': {
    title: 'This page may not use a camera',
    next: 'Open it over https. Browsers give cameras only to secure pages.',
  },
  unsupported: {
    title: 'Broadcasting this way is not supported',
    next: 'Use a current Chrome, Edge, Firefox or Safari browser, and a server URL that begins with wss.',
  },
  'blocked-by-content-policy': {
    title: 'This page forbids itself to reach the server',
    next: 'Whoever runs this page has to allow it in the page’s content security policy.',
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

/** Every string of the component's own, shown or spoken, in English; `{…}` marks what is filled in. */
export const MESSAGES = {
  errors,
  reasons,
  interruptions,

  pillAsking: 'Waiting for permission',
  pillNoCamera: 'No camera',
  pillNoMicrophone: 'No microphone',
  pillReady: 'Ready',
  pillPreview: 'Preview',
  pillTaken: 'Live elsewhere',
  pillConnecting: 'Connecting',
  pillLive: 'LIVE {time}',
  pillReconnecting: 'Reconnecting',
  pillExpired: 'Stream ended',
  pillFailed: 'Could not go live',

  clockWaiting: 'Go live within {time}',
  clockInterrupted: '{time} left to resume',
  clockMegabits: '{number} Mbit/s',
  clockKilobits: '{number} kbit/s',

  turnOnCamera: 'Turn on camera',
  turnOnMicrophone: 'Turn on microphone',
  goLive: 'Go live',
  cancel: 'Cancel',
  stop: 'Stop',
  tryAgain: 'Try again',
  tryNow: 'Try now',
  tryAnyway: 'Try anyway',
  openInTab: 'Open in a new tab',
  takeOver: 'Take over',
  takingOver: 'Taking over…',
  confirmTakeOver: 'Cut off the other source?',
  confirmTakeOverYes: 'Take over now',
  confirmTakeOverNo: 'Leave it live',
  openStream: 'Continue',
  startAgain: 'Start again',
  confirmStop: 'Stop? Viewers lose your picture.',
  confirmStopYes: 'Stop now',
  confirmStopNo: 'Stay live',

  muteMicrophone: 'Mute microphone',
  unmuteMicrophone: 'Unmute microphone',
  hideCamera: 'Hide camera',
  showCamera: 'Show camera',
  chooseMicrophone: 'Choose microphone',
  chooseCamera: 'Choose camera',
  browserDefault: 'Browser’s choice',
  missingDevice: 'Not connected',

  preview: 'Your camera',
  posterOff: 'Your picture appears here',
  posterMuted: 'Camera off',
  posterNoCamera: 'No picture',

  askTitle: 'Nobody sees you yet',
  askBoth: 'Your browser asks for camera and microphone. You see yourself first, then go live.',
  askCamera: 'Your browser asks for the camera. You see yourself first, then go live.',
  askMicrophone: 'Your browser asks for the microphone. You check it first, then go live.',
  nothingTitle: 'There is nothing to send',
  nothingBody: 'Camera and microphone are both switched off for this broadcast.',
  askingTitle: 'Answer the browser’s question',
  askingBody: 'It is near the address bar, at the top of the window. Choose Allow.',
  noTargetTitle: 'You cannot go live yet',
  noTargetBody: 'The server URL of your stream is missing. Start the stream first.',
  startStream: 'Start stream',
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
  nextTry: 'Next try in {seconds} s.',
  tryingNow: 'Trying now.',
  expiredTitle: 'Viewers can no longer see you',
  expiredBody:
    'The server waits {seconds} seconds at most, and the stream has ended. Start it again to go on.',
  missedTitle: 'The stream is over before you went live',
  missedBody: 'The ingest waits {seconds} seconds for a picture. Start the stream again.',
  noMicrophoneTitle: 'Viewers won’t hear you',
  noCameraTitle: 'Viewers won’t see you',
  otherCameraTitle: 'We’re using another camera',
  otherMicrophoneTitle: 'We’re using another microphone',
  keepDevice: 'Keep it',
  details: 'Details',

  allowInChrome:
    'Click the icon left of the address, switch camera and microphone on, then try again.',
  allowInFirefox:
    'Click the crossed-out camera left of the address, remove the block, then try again.',
  allowInSafari:
    'Open Safari’s settings for this website, set camera and microphone to Allow, then try again.',

  healthExcellent: 'Excellent',
  healthGood: 'Good',
  healthFair: 'Fair',
  healthPoor: 'Poor',
  healthStalled: 'Nothing gets through',
  healthMuted: 'Camera off, muted',
  healthNoPicture: 'Camera off',
  healthNoSound: 'Muted',
  healthNothing: 'Nothing is sent',
  healthUnknown: 'Measuring',
  healthOff: 'Camera and microphone are off',
  healthLost: 'Nothing gets through for {time}',
  healthCamera: 'Camera {width}×{height}',
  size: '{width}×{height}',
  rate: '{number} fps',
  roundTrip: 'round trip {number} ms',
  loss: 'loss {number} %',
  milliseconds: '{number} ms',
  percent: '{number} %',

  statsTitle: 'Statistics',
  statsUnknown: '—',
  statsOld: 'Measured before the connection was lost',
  statsBitRate: 'Sent',
  statsFrameRate: 'Frame rate',
  statsRoundTrip: 'Round trip',
  statsTarget: 'Network allows',
  statsSize: 'Picture',
  statsCodecs: 'Codecs',
  statsPath: 'Path',
  statsLoss: 'Lost',
  statsJitter: 'Jitter',
  statsRepeats: 'Sent again per second',
  statsEncodeTime: 'Encoding of a frame',
  statsKeyFrames: 'Key frames per second',
  statsLimit: 'Held back by',
  statsSound: 'Sound',
  statsLastHeard: 'Last answer before',
  limitNone: 'nothing',
  limitCpu: 'this computer',
  limitBandwidth: 'the network',
  limitOther: 'something else',
  pathUdp: 'UDP',
  pathTcp: 'TCP',
  pathRelay: 'relay',

  viewer: 'What viewers see',
  viewerOff: 'Nothing to watch yet',
  viewerWaiting: 'Waiting for the first picture',
  viewerStalled: 'Waiting for the next picture',
  viewerBlocked: 'Press play to watch',
  viewerUnsupported: 'This browser cannot play HLS by itself',
  playbackOff: 'You are not live',
  playbackNothing: 'Starting for viewers…',
  playbackCatchingUp: 'Catching up for viewers…',
  playbackBefore: 'Playing what you sent before the break',
  playbackWaiting: 'Waiting for the connection',
  playbackDark: 'No picture to check',
  playbackOther: 'This stream is live',
  playbackSeen: 'Viewers see you',
  playbackSeenBehind: 'Viewers see you, {seconds} s behind',
  playbackFrozen: 'Frozen for {time}',
  playbackPaused: 'Paused here. Viewers keep watching',
  playbackPausedOff: 'Paused here',
  saySeen: 'Viewers see you',
  sayFrozen: 'Viewers see a frozen picture',

  encoderTitle: 'Settings for an encoder',
  encoderServer: 'Server',
  encoderKey: 'Stream key',
  encoderAddress: 'Server, with the stream key',
  encoderNone: 'This way in is not available for this stream.',
  encoderStepsTitle: 'In OBS',
  encoderOpenStep: 'Open Settings, then Stream, and choose the service “Custom…”.',
  encoderRtmpStep: 'Paste the server and the stream key.',
  encoderSrtStep: 'Paste the whole address as the server, and leave the stream key empty.',
  encoderOutputStep: 'Under Output choose x264 or a hardware H.264 encoder, 2500 kbit/s for 720p.',
  encoderTuneStep: 'Set the keyframe interval to 1 s, the tune to zerolatency, and no B-frames.',
  encoderGoStep: 'Press Start Streaming before the clock runs out.',
  reveal: 'Reveal',
  hide: 'Hide',
  copy: 'Copy',
  copied: 'Copied',
  revealField: 'Reveal: {label}',
  hideField: 'Hide: {label}',
  copyField: 'Copy: {label}',
  copiedField: 'Copied: {label}',
  copyRefused: 'Your browser didn’t let this page copy. It’s selected: copy it yourself.',
  copyHiddenRefused: 'Your browser didn’t let this page copy. Reveal it, then copy it yourself.',

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

/** The names of the single strings. */
export type MessageName = Exclude<keyof typeof MESSAGES, 'errors' | 'reasons' | 'interruptions'>;

/** Every string, complete. */
export type Messages = Readonly<Record<MessageName, string>> & {
  readonly errors: Readonly<Record<BroadcastErrorCode, ErrorWords>>;
  /** The words for each reason why viewers get less than they could. */
  readonly reasons: Readonly<Record<HealthReason, ErrorWords>>;
  /** How each cause of an interruption is named, without a full stop. */
  readonly interruptions: Readonly<Record<InterruptionCause, string>>;
};

/** Strings of one's own, in place of the English ones that carry the same name. */
export type MessageOverrides = Readonly<Partial<Record<MessageName, string>>> & {
  readonly errors?: Readonly<Partial<Record<BroadcastErrorCode, ErrorWords>>>;
  readonly reasons?: Readonly<Partial<Record<HealthReason, ErrorWords>>>;
  readonly interruptions?: Readonly<Partial<Record<InterruptionCause, string>>>;
};

/** The English messages with `overrides` in their place, as far as those are messages. */
export function withMessages(overrides: MessageOverrides | null | undefined): Messages {
  return merged(MESSAGES, overrides, () => {});
}

/** Which overrides are none, one to a line, in words for whoever wrote them. */
export function wrongMessages(overrides: MessageOverrides | null | undefined): string {
  let complaints = '';
  merged(MESSAGES, overrides, (name) => {
    complaints += `messages.${name} is not the text of a message; it is left out.\n`;
  });
  return complaints;
}

/** A value that is no text would end the page's rendering. */
function merged<Words>(
  own: Words,
  given: unknown,
  onWrong: (name: string) => void,
  prefix = '',
): Words {
  if (!isRecord(given)) return own;
  const words: Record<string, unknown> = { ...Object(own) };
  for (const [name, value] of Object.entries(given)) {
    const known = Object.hasOwn(Object(own), name) ? words[name] : undefined;
    const path = `${prefix}${name}`;
    if (value === undefined || value === null) continue;
    if (typeof known === 'string' && typeof value === 'string') words[name] = value;
    else if (isRecord(known) && isRecord(value))
      words[name] = merged(known, value, onWrong, `${path}.`);
    else onWrong(path);
  }
  return words as Words;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Fills the `{…}` of a message. */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
