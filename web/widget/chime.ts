// The sound of a new message: two soft notes, computed, so that it is nobody else's.
import type { Plugin } from 'vite';

const RATE = 16_000;
const SECONDS = 0.7;
/** When each note begins, and its pitch: a fifth upwards from D. */
const NOTES = [
  { at: 0, hertz: 587.33 },
  { at: 0.11, hertz: 880 },
];
const LOUDNESS = 0.22;

function sample(seconds: number): number {
  return NOTES.reduce((sum, { at, hertz }) => {
    const age = seconds - at;
    if (age < 0) {
      return sum;
    }
    // It swells for some milliseconds, since a sudden start clicks, and fades as a struck bar does.
    const shape = Math.min(1, age / 0.008) * Math.exp(-age * 7);
    const turn = 2 * Math.PI * hertz * age;
    return sum + shape * (Math.sin(turn) + 0.18 * Math.sin(2 * turn) * Math.exp(-age * 9));
  }, 0);
}

function wave(): Buffer {
  const samples = Math.round(RATE * SECONDS);
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(RATE, 24);
  wav.writeUInt32LE(RATE * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples * 2, 40);
  for (let index = 0; index < samples; index += 1) {
    const ending = Math.min(1, (samples - index) / (RATE * 0.05));
    wav.writeInt16LE(Math.round(sample(index / RATE) * ending * LOUDNESS * 32_767), 44 + index * 2);
  }
  return wav;
}

export function chime(): Plugin {
  return {
    name: 'chime',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'chime.wav', source: wave() });
    },
  };
}
