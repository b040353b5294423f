// Where a chat has ended: how it was, a copy of it, the way to a new one.
import { useState } from 'preact/hooks';

import { rate, sendTranscript, startAnew } from '../chat/chat.ts';
import { config, visitor } from '../chat/state.ts';
import { memory } from '../memory.ts';
import { count, t } from '../texts.ts';
import { Field } from './Field.tsx';
import { mailFault, Problem, said, useForm } from './form.tsx';
import { Icon } from './icons.tsx';

const STARS = [1, 2, 3, 4, 5];

function Rating() {
  const [stars, setStars] = useState(0);
  const [comment, setComment] = useState('');
  const [problem, setProblem] = useState<string>();
  const isRated = memory.value.rated === memory.value.rid;
  const [isDone, setDone] = useState(isRated);

  const send = async (given: number) => {
    setStars(given);
    setProblem(undefined);
    try {
      await rate(given, comment);
    } catch (error) {
      setStars(0);
      setProblem(said(error));
    }
  };
  if (isDone) {
    return <p role="status">{t('rated')}</p>;
  }
  return (
    <div class="rating">
      <fieldset>
        <legend>{t('rate')}</legend>
        {STARS.map((star) => (
          <label key={star} class={star <= stars ? 'on' : ''}>
            <input
              type="radio"
              name="stars"
              value={star}
              checked={star === stars}
              onChange={() => void send(star)}
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
            void send(stars).then(() => setDone(true));
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
      <Field
        label={t('email')}
        name="email"
        type="email"
        autocomplete="email"
        required
        value={email}
        set={setEmail}
        fault={faults['email']}
      />
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
      <h2 id="ended" dir="auto">
        {title === '' ? t('closedTitle') : title}
      </h2>
      <p dir="auto">{text === '' ? t('closedText') : text}</p>
      <Rating />
      {now?.settings.transcript === true ? <Transcript /> : null}
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
