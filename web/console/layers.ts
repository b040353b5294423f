// What the parts on the screen have, such as keys, the outer ones first.
import { useEffect, useRef } from 'preact/hooks';

export interface Layer<T> {
  has: T;
}

/**
 * What this part has counts as long as it is on the screen. It is noted while the part is drawn, and not
 * afterwards: so an outer part comes before those inside of it, and whoever types quickly never meets what was so before.
 */
export function useLayer<T>(layers: Layer<T>[], has: T): void {
  const own = useRef<Layer<T> | undefined>(undefined);
  if (own.current === undefined) {
    own.current = { has };
    layers.push(own.current);
  }
  const layer = own.current;
  layer.has = has;
  useEffect(
    () => () => {
      layers.splice(layers.indexOf(layer), 1);
    },
    [layer, layers],
  );
}
