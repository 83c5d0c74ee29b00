import { useMemo, useState } from 'react';
import type { BroadcasterInstance, BroadcasterState, CameraOptions } from '../src/core/index.js';
import { useBroadcasterState } from '../src/index.js';
import { Button } from './button.js';
import { drawing, grey } from './own-picture.js';

/** The rows for the page's own picture: a drawing in place of the camera, and an effect on either. */
export interface OwnPicture {
  readonly isDrawing: boolean;
  readonly isGrey: boolean;
  /** For the option of the broadcaster. */
  readonly camera: CameraOptions;
  toggleDrawing(): void;
  toggleGrey(): void;
}

/** Neither, to begin with. */
export function useOwnPicture(): OwnPicture {
  const [isDrawing, setDrawing] = useState(false);
  const [isGrey, setGrey] = useState(false);
  const camera = useMemo(
    () => ({ ...(isDrawing && { source: drawing }), ...(isGrey && { processor: grey }) }),
    [isDrawing, isGrey],
  );
  return {
    isDrawing,
    isGrey,
    camera,
    toggleDrawing: () => setDrawing((was) => !was),
    toggleGrey: () => setGrey((was) => !was),
  };
}

/** Swaps the picture and puts the effect on it, also while live. */
export function PictureRows({
  broadcaster,
  picture,
}: {
  readonly broadcaster: BroadcasterInstance;
  readonly picture: OwnPicture;
}) {
  const camera = useBroadcasterState(selectCamera, broadcaster);
  const problem = camera.status === 'on' ? camera.problem : null;
  const isOwn = problem?.code === 'processor-failed' || problem?.code === 'app-source-failed';
  return (
    <>
      <div className="row">
        <Button meaning="own-picture" onPress={picture.toggleDrawing}>
          {picture.isDrawing ? 'Show the camera again' : 'Show a drawing of this page'}
        </Button>
        <Button meaning="grey" onPress={picture.toggleGrey}>
          {picture.isGrey ? 'Show colours again' : 'Make it grey'}
        </Button>
      </div>
      {isOwn && <p className="problem">{problem.message}</p>}
    </>
  );
}

const selectCamera = ({ camera }: BroadcasterState) => camera;
