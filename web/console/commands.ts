// What can be done now, by its name. What is on the screen says which commands it has.
import { useEffect } from 'preact/hooks';

export interface Command {
  readonly icon: string;
  readonly title: string;
  /** The key that does the same. */
  readonly keys?: string;
  readonly act: () => void;
}

const layers: (readonly Command[])[] = [];

/** Commands that there are as long as this part is on the screen. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => {
    layers.push(commands);
    return () => {
      layers.splice(layers.indexOf(commands), 1);
    };
  });
}

/** Those of the innermost part come first. */
export const commandsNow = (): readonly Command[] => layers.toReversed().flat();
