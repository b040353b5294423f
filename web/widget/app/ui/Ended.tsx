// Where a chat has ended: how it was, a copy of it, the way to a new one.
import { useRef, useState } from 'preact/hooks';

import { rate, sendTranscript } from '../chat/acts.ts';
import { startAnew } from '../chat/chat.ts';
import { config, visitor } from '../chat/state.ts';
import { memory } from '../memory.ts';
import { count, t } from '../texts.ts';
import { EmailField, Field } from './Field.tsx';
import { mailFault, Problem, said, useForm } from './form.tsx';
import { Icon } from './icons.tsx';

const STARS = [1, 2, 3, 4, 5];

/** Whoever goes through the stars by keys has come to his when he stays. */
const PAUSE_MS = 1000;

function Rating() {
  const [stars, setStars] = useState(0);
  const [comment, setComment] = useState('');
  const [problem, setProblem] = useState<string>();
  const isRated = memory.value.rated === memory.value.rid;
  const [isDone, setDone] = useState(isRated);

  const last = useRef({ number: 0, done: Promise.resolve(false) });
  const pause = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  /** One after the other, and none that another has overtaken. Says whether it has arrived. */
  const send = (given: number): Promise<boolean> => {
    const before = last.current;
    const number = before.number + 1;
    clearTimeout(pause.current);
    pause.current = undefined;
    const arrives = async () => {
      await before.done;
      if (number !== last.current.number) {
        return false;
      }
      setProblem(undefined);
      try {
        await rate(given, comment);
        return true;
      } catch (error) {
        setStars(isRated ? given : 0);
        setProblem(said(error));
        return false;
      }
    };
    const done = arrives();
    last.current = { number, done };
    return done;
  };
  const choose = (star: number, isSure: boolean) => {
    setStars(star);
    clearTimeout(pause.current);
    if (isSure) {
      void send(star);
    } else {
      pause.current = setTimeout(() => void send(star), PAUSE_MS);
    }
  };
  const settle = () => {
    if (pause.current !== undefined) {
      void send(stars);
    }
  };
  if (isDone) {
    return <p role="status">{t('rated')}</p>;
  }
  return (
    <div class="rating">
      <fieldset
        onKeyDown={({ key }) => {
          if (key === 'Enter') {
            settle();
          }
        }}
        onFocusOut={({ currentTarget, relatedTarget }) => {
          if (!currentTarget.contains(relatedTarget as Node | null)) {
            settle();
          }
        }}
      >
        <legend>{t('rate')}</legend>
        {STARS.map((star) => (
          <label key={star} class={star <= stars ? 'on' : ''}>
            <input
              type="radio"
              name="stars"
              value={star}
              checked={star === stars}
              // Keys click as well, but with no finger on the star.
              onClick={({ detail }) => choose(star, detail > 0)}
              aria-label={count('rating', star)}
            />
            <Icon name="star" />
          </label>
        ))}
      </fieldset>
      <Problem text={problem} />
      {isRated ? (
        <form
          class="inline"
          onSubmit={(event) => {
            event.preventDefault();
            void send(stars).then(setDone);
          }}
        >
          <Field label={t('rateComment')} name="comment" value={comment} set={setComment} />
          <button class="secondary" type="submit">
            {t('rateSend')}
          </button>
        </form>
      ) : null}
    </div>
  );
}

export function Transcript() {
  const [email, setEmail] = useState(visitor.value?.visitorEmails?.[0]?.address ?? '');
  const [sentTo, setSentTo] = useState<string>();
  const check = () => ({ email: mailFault(email, true) });
  const send = async () => {
    await sendTranscript(email.trim());
    setSentTo(email.trim());
  };
  const { form, faults, problem, isBusy, onSubmit } = useForm(check, send);
  if (sentTo !== undefined) {
    return <p role="status">{t('transcriptSent', { email: sentTo })}</p>;
  }
  const words = config.value?.messages.transcriptMessage ?? '';
  return (
    <form class="inline" ref={form} noValidate onSubmit={onSubmit}>
      <p dir="auto">{words === '' ? t('transcriptAsk') : words}</p>
      <EmailField value={email} set={setEmail} fault={faults['email']} />
      <Problem text={problem} />
      <button class="secondary" type="submit" aria-disabled={isBusy}>
        {t('transcriptSend')}
      </button>
    </form>
  );
}

export function Ended() {
  const [problem, setProblem] = useState<string>();
  const now = config.value;
  const title = now?.messages.conversationFinishedMessage ?? '';
  const text = now?.messages.conversationFinishedText ?? '';
  return (
    <section class="ended" aria-labelledby="ended">
      <div>
        <h2 id="ended" dir="auto" tabIndex={-1}>
          {title === '' ? t('closedTitle') : title}
        </h2>
        <p dir="auto">{text === '' ? t('closedText') : text}</p>
        <Rating />
        {now?.settings.transcript === true ? <Transcript /> : null}
      </div>
      <Problem text={problem} />
      <button
        class="primary"
        type="button"
        onClick={() => {
          setProblem(undefined);
          startAnew().catch((error: unknown) => setProblem(said(error)));
        }}
      >
        {t('newChat')}
      </button>
    </section>
  );
}
