// What the form of an endpoint needs besides the endpoint: the kinds of events, and how many of each there are.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { type Counts, readCounts } from '../../live/crm.ts';
import { type Catalogue, readCatalogue } from '../../live/endpoints.ts';

export interface Reading {
  readonly catalogue: Signal<Catalogue | undefined>;
  readonly counts: Signal<Counts | undefined>;
  readonly unread: Signal<unknown>;
  readonly look: () => Promise<void>;
}

export function useReading(): Reading {
  const catalogue = useSignal<Catalogue | undefined>(undefined);
  const counts = useSignal<Counts | undefined>(undefined);
  const unread = useSignal<unknown>(undefined);
  const look = async (): Promise<void> => {
    try {
      [catalogue.value, counts.value] = await Promise.all([readCatalogue(), readCounts()]);
      unread.value = undefined;
    } catch (error) {
      unread.value = error;
    }
  };
  useEffect(() => {
    void look();
  }, []);
  return { catalogue, counts, unread, look };
}
