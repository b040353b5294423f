import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { savePicture } from '../../live/profile.ts';
import { say } from '../../live/toasts.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { t } from '../../texts.ts';
import { useAttempt } from '../../parts/attempt.ts';

/** Of the square, in dots. */
const SIDE = 512;
const LARGEST = 4;
/** So far an arrow moves it. */
const STEP = 0.02;
const QUALITY = 0.9;

interface Props {
  readonly picture: ImageBitmap;
  readonly close: () => void;
}

interface Part {
  /** How much larger than it has to be to fill the square. */
  readonly zoom: number;
  /** Where its middle is: 0 and 1 are the edges of what can be seen. */
  readonly x: number;
  readonly y: number;
}

const within = (value: number): number => Math.min(1, Math.max(0, value));

/** Which square of a picture is shown: it is moved with the pointer or by arrows. */
export function Crop({ picture, close }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const part = useSignal<Part>({ zoom: 1, x: 0.5, y: 0.5 });
  const { fault, isBusy, run } = useAttempt();
  const size = useComputed(() => Math.min(picture.width, picture.height) / part.value.zoom);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context !== null && context !== undefined) {
      const { x, y } = part.value;
      const side = size.value;
      // What is transparent would be black.
      context.fillStyle = '#fff';
      context.fillRect(0, 0, SIDE, SIDE);
      context.drawImage(picture, (picture.width - side) * x, (picture.height - side) * y, side, side, 0, 0, SIDE, SIDE);
    }
  }, [part.value]);
  /** By a share of the square. */
  const move = (across: number, down: number): void => {
    const { x, y, zoom } = part.peek();
    const side = size.peek();
    const by = (share: number, length: number): number => (length > side ? (share * side) / (length - side) : 0);
    part.value = { zoom, x: within(x - by(across, picture.width)), y: within(y - by(down, picture.height)) };
  };
  const save = (): void =>
    run(async () => {
      const blob = await new Promise<Blob | null>((done) => {
        canvas.current?.toBlob(done, 'image/jpeg', QUALITY);
      });
      if (blob !== null) {
        await savePicture(blob);
        say(t('savedIt'));
        close();
      }
    });
  const foot = (
    <>
      <span class="push" />
      <button type="button" class="button" onClick={close}>
        {t('cancel')}
      </button>
      <button type="button" class="button primary" aria-disabled={isBusy.value} onClick={save}>
        {t('save')}
      </button>
    </>
  );
  return (
    <Dialog title={t('cropTitle')} kind="crop" close={close} act={save} foot={foot}>
      <canvas
        ref={canvas}
        width={SIDE}
        height={SIDE}
        tabIndex={0}
        role="img"
        aria-label={t('cropMore')}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={(event) => {
          if (event.buttons > 0) {
            const shown = event.currentTarget.clientWidth;
            move(event.movementX / shown, event.movementY / shown);
          }
        }}
        onKeyDown={(event) => {
          const by = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
          const [across, down] = by ?? [];
          if (across !== undefined && down !== undefined) {
            event.preventDefault();
            move(across, down);
          }
        }}
      />
      <p class="meta">{t('cropMore')}</p>
      <div class="field">
        <label for="crop-size">{t('cropSize')}</label>
        <input
          id="crop-size"
          type="range"
          min={1}
          max={LARGEST}
          step={0.1}
          value={part.value.zoom}
          onInput={(event) => {
            part.value = { ...part.peek(), zoom: Number(event.currentTarget.value) };
          }}
        />
      </div>
      <FaultLine words={fault.value} />
    </Dialog>
  );
}
