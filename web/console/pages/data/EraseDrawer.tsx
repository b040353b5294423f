import './data.css';

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { calledAs } from '../../api/documents.ts';
import { whoHears } from '../../live/deliveries.ts';
import { say } from '../../live/toasts.ts';
import { type Amount, eraseVisitor, readKept, readVisitor } from '../../live/visitors.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Drawer } from '../../parts/Drawer.tsx';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { TextField } from '../../parts/Field.tsx';
import { Icon } from '../../parts/Icon.tsx';
import type { Ways } from '../../parts/ListPage.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { useReading } from '../../parts/reading.ts';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { address } from '../../place.ts';
import { listed, t } from '../../texts.ts';
import { amountInWords } from './VisitorExport.tsx';

interface Props {
  readonly id: string;
  readonly ways: Ways;
  /** Reads the list anew. */
  readonly again: () => Promise<void>;
}

/** What goes with a visitor, what remains, and their name to be typed before they are forgotten. */
export function EraseDrawer({ id, ways, again }: Props) {
  const soFar = useSignal<Amount | undefined>(undefined);
  // Of who has said much it is read for a while, and no longer than somebody looks.
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const read = useReading(async () => {
    const [visitor, kept, hearers] = await Promise.all([
      readVisitor(id),
      readKept(
        id,
        (amount) => {
          soFar.value = amount;
        },
        stop.current.signal,
      ),
      whoHears('visitor.erased').catch(() => []),
    ]);
    return { visitor, amount: kept.amount, hearers };
  }, id);
  if (read.value === undefined) {
    return (
      <Drawer title={t('visitor')} close={ways.close}>
        {read.error === undefined ? <Skeleton rows={4} /> : <NotRead error={read.error} again={() => void read.again()} />}
        <p class="meta quiet" role="status">
          {soFar.value === undefined ? '' : t('countedSoFar', { amount: amountInWords(soFar.value) })}
        </p>
      </Drawer>
    );
  }
  const { visitor, amount, hearers } = read.value;
  return (
    <Drawer title={t('eraseOne', { name: calledAs(visitor) })} close={ways.close} step={ways.step}>
      <section aria-label={t('whatGoes')}>
        <h3>{t('whatGoes')}</h3>
        <p>{t('whatGoesIs', { amount: amountInWords(amount) })}</p>
        <p class="quiet">{t('whatGoesMore')}</p>
      </section>
      <section aria-label={t('whoIsTold')}>
        <h3>{t('whoIsTold')}</h3>
        <p class="line">
          <Icon name="hook" />
          <span>{hearers.length === 0 ? t('noHookHears') : t('hooksHear', { names: listed(hearers) })}</span>
        </p>
      </section>
      <section aria-label={t('whatRemains')}>
        <h3>{t('whatRemains')}</h3>
        <ul class="data-remains">
          <li>{t('remainsEvents')}</li>
          <li>{t('remainsBackups')}</li>
          <li>{t('remainsFigures')}</li>
          <li>{t('remainsAudit')}</li>
        </ul>
      </section>
      {amount.open.length > 0 ? <StillOpen chats={amount.open} /> : <Typed id={id} name={calledAs(visitor)} ways={ways} again={again} />}
    </Drawer>
  );
}

/** Nobody is forgotten in the middle of a chat. */
function StillOpen({ chats }: { readonly chats: readonly string[] }) {
  return (
    <section class="data-warning" role="alert">
      <p class="line">
        <Icon name="alert" /> {t('chatIsOpenStill')}
      </p>
      {chats.map((rid) => (
        <a key={rid} class="button" href={address(`/inbox/${rid}`)} data-inside>
          {t('openChat')}
        </a>
      ))}
    </section>
  );
}

function Typed({ id, name, ways, again }: Props & { readonly name: string }) {
  const typed = useSignal('');
  const isDone = useSignal(false);
  const { fault, isBusy, run } = useAttempt();
  const isRight = typed.value.trim() === name.trim();
  // When nothing on the page would be lost with it.
  useEffect(() => {
    if (isDone.value) {
      ways.close();
    }
  }, [isDone.value]);
  const erase = (): void =>
    run(async () => {
      await eraseVisitor(id);
      say(t('erased', { name }));
      isDone.value = true;
      await again();
    });
  return (
    <form
      class="data-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isRight) {
          erase();
        }
      }}
    >
      <TextField
        label={t('typeName', { name })}
        value={typed.value}
        change={(next) => {
          typed.value = next;
        }}
      />
      <FaultLine words={fault.value} />
      <p class="line">
        <span class="push" />
        <button type="submit" class="button danger" disabled={!isRight} aria-disabled={isBusy.value}>
          {t('eraseNow')}
        </button>
      </p>
    </form>
  );
}
