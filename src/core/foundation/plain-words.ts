const MAX_LENGTH = 300;
const MAX_READ = 1000;
const HIDDEN = '[redacted]';

/**
 * The words that a server's message may keep. A key is told from a word by nothing but chance, and
 * may stand there in any spelling, so only words that are known to be words get through.
 */
const KNOWN: ReadonlySet<string> = new Set(
  `a about above access account active add address after again all allocate allocated allowed
  already an and another any api are as at authentication authorization authorize authorized
  available back bad balance be because been before belong belongs below between billing body busy but
  by call callback called can cannot capacity change changed check closed code codec codecs concurrent conflict
  connection content contact could create created credentials currently data date delete deleted
  denied deprecated description disabled does done due duplicate during each either empty enabled
  encoder encoders end ended endpoint enough entity error errors every exceeded exist existing exists
  expected expired failed failure few field fields first for forbidden format found free from full
  gateway get given gone got granted has have header headers host ice id ids if in inactive incorrect
  input insufficient internal into invalid is isn't it its itself json just key keys large last
  later least left length less limit limits list live long longer made maintenance malformed many
  match media maximum may message method minimum minute minutes missing more most must name names needs
  never new no nobody none not nothing now number of off offer offline ok old on once one only open
  operation or other out output over overloaded own page parameter parameters parse password path
  pay payload payment pending per permission permissions plan playback please policy post
  processing project projects protocol provided publish publisher publishing put quota range rate reach reached read
  ready reason received refused region rejected request requests required resource response retry
  right route running same sdp second seconds secret see send sent server servers service session
  set should signature size some soon source stack start started starting state status still
  stop stopped stopping storage stream streaming streams string subscription succeeded success
  successful such support supported take taken temporarily temporary than that the their them then
  there these this time timed timeout to token tokens too trace transcoding try twice type
  unable unauthenticated unauthorized unavailable unexpected unknown unpaid unprocessable
  unsupported until up update updated upgrade upstream url use used user users valid validation
  value values video viewers wait waiting was webhook were when which while who will with within
  without wrong yet you your
  http https hls rtmp rtmps srt webrtc dvr
  access_token callback_url input_format live_stream live_streams name output_format playback_domain
  playback_id playback_ids stream_id stream_key stream_timeout`.split(/\s+/),
);

/**
 * A server's message, with `[redacted]` for each word that is none of a known list, numbers of more
 * than four digits among them; at most 300 characters. `null` if less than half of it is words, and
 * for what reads like `secret`.
 */
export function plainWords(text: string, secret: string): string | null {
  const read = text.slice(0, MAX_READ);
  const tokens = read.split(/[\s\p{Cc}]+/u).filter((token) => token !== '');
  let known = 0;
  const words = tokens.map((token) => {
    const [, before = '', word = '', after = ''] =
      /^(["'([]*)(.*?)([\])"'.,:;!?…]*)$/u.exec(token) ?? [];
    if (!isKnown(word)) return before + HIDDEN + after;
    if (/[a-z]/i.test(word)) known += 1;
    return token;
  });
  const said = words.join(' ');
  if (known === 0 || known * 2 < tokens.length) return null;
  const hidden = secret.trim().toLowerCase();
  if (hidden !== '' && said.toLowerCase().includes(hidden)) return null;
  return said.length > MAX_LENGTH ? `${said.slice(0, MAX_LENGTH - 1)}…` : said;
}

function isKnown(word: string): boolean {
  // One letter says nothing, however often it comes.
  return KNOWN.has(word.toLowerCase()) || /^(\d{1,4}|([a-z])\2*)$/i.test(word);
}
