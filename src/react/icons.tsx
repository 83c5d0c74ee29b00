import type { ReactNode } from 'react';

function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg className="wb-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

/** A microphone, crossed out while it sends silence. */
export function MicrophoneIcon({ off }: { readonly off: boolean }) {
  return (
    <Icon>
      <rect x="9" y="3" width="6" height="11" rx="3" />
      <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
      {off && <path d="M4 4l16 16" />}
    </Icon>
  );
}

/** A camera, crossed out while it sends black. */
export function CameraIcon({ off }: { readonly off: boolean }) {
  return (
    <Icon>
      <rect x="3" y="6.5" width="12.5" height="11" rx="2.5" />
      <path d="M15.5 11l5-3v8l-5-3z" />
      {off && <path d="M4 4l16 16" />}
    </Icon>
  );
}

/** A screen: with an arrow while it can be shared, with a cross while it is. */
export function ScreenIcon({ shared }: { readonly shared: boolean }) {
  return (
    <Icon>
      <rect x="3" y="4.5" width="18" height="12" rx="2.5" />
      <path d="M8.5 20h7" />
      <path d={shared ? 'M9.5 8l5 5M14.5 8l-5 5' : 'M12 13.5v-6M9.2 10l2.8-2.8 2.8 2.8'} />
    </Icon>
  );
}

/** Two arrows that turn: the other camera. */
export function FlipIcon() {
  return (
    <Icon>
      <path d="M4 11a8 8 0 0 1 14-4.5M20 13a8 8 0 0 1-14 4.5M18 2.5v4h-4M6 21.5v-4h4" />
    </Icon>
  );
}

/** Points down: there is something to choose. */
export function ChevronIcon() {
  return (
    <Icon>
      <path d="M7 10l5 5 5-5" />
    </Icon>
  );
}

/** A ring of which `progress` (0 to 1) has run out. */
export function RingIcon({ progress }: { readonly progress: number }) {
  const left = 100 - Math.round(Math.min(1, Math.max(0, progress)) * 100);
  return (
    <svg className="wb-ring" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <circle className="wb-ring-track" cx="10" cy="10" r="7.5" />
      <circle
        className="wb-ring-left"
        cx="10"
        cy="10"
        r="7.5"
        pathLength={100}
        strokeDasharray={`${left} 100`}
        transform="rotate(-90 10 10)"
      />
    </svg>
  );
}

/** The sign of a health: a shape of its own for each, since colour alone says nothing to many. */
export function HealthIcon({
  shape,
}: {
  readonly shape: 'disc' | 'diamond' | 'triangle' | 'square' | 'ring';
}) {
  return (
    <svg className="wb-health-icon" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      {shape === 'disc' && <circle cx="6" cy="6" r="5" />}
      {shape === 'ring' && <circle className="wb-hollow" cx="6" cy="6" r="4" />}
      {shape === 'diamond' && <path d="M6 .5L11.5 6 6 11.5.5 6z" />}
      {shape === 'triangle' && <path d="M6 1l5.6 10H.4z" />}
      {shape === 'square' && <path d="M1 1h10v10H1z" />}
    </svg>
  );
}
