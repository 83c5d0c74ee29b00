/** How media comes in: a browser's path, or an encoder's protocol. */
export type PublishTransport = 'udp' | 'tcp' | 'rtmp' | 'srt';
