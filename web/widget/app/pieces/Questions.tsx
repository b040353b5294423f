// Dialogs: what cannot be taken back is asked first.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { changeDepartment, close } from '../chat/acts.ts';
import { config, given } from '../chat/state.ts';
import { name as clean } from '../formatted.tsx';
import { t } from '../texts.ts';
import { Transcript } from './Ended.tsx';
import { forgetMe } from './farewell.ts';
import { Field } from '../ui/Field.tsx';
import { Problem, useForm } from '../ui/form.tsx';
import { ask, asked } from '../ui/questions.ts';

const nothingWrong = () => ({});

interface Given {
  readonly text: string;
  readonly confirm: string;
  readonly act: () => Promise<void>;
  /** What it does cannot be taken back. */
  readonly isFinal?: boolean;
  /** What keeps everything as it is. */
  readonly keep?: string;
  readonly children?: ComponentChildren;
}

function Confirm({ text, confirm, act, isFinal = false, keep = t('cancel'), children }: Given) {
  const send = async () => {
    await act();
    ask(undefined);
  };
  const { form, problem, isBusy, onSubmit } = useForm(nothingWrong, send);
  return (
    <form ref={form} onSubmit={onSubmit}>
      <p>{text}</p>
      {children}
      <Problem text={problem} />
      <div class="buttons">
        <button class="secondary" type="button" onClick={() => ask(undefined)}>
          {keep}
        </button>
        <button class={`primary ${isFinal ? 'danger' : ''}`} type="submit" aria-disabled={isBusy}>
          {confirm}
        </button>
      </div>
    </form>
  );
}

function Department() {
  const now = config.value;
  const choices = (now?.departments ?? []).filter(
    (one) => one.showOnRegistration && one._id !== now?.room?.departmentId,
  );
  const [chosen, choose] = useState(choices[0]?._id ?? '');
  return (
    <Confirm
      text={t('departmentText')}
      confirm={t('departmentChange')}
      act={() => changeDepartment(chosen)}
    >
      <Field label={t('department')} name="to" type="select" required value={chosen} set={choose}>
        {choices.map((one) => (
          <option key={one._id} value={one._id} selected={one._id === given.value.department}>
            {clean(one.name)}
          </option>
        ))}
      </Field>
    </Confirm>
  );
}

export function Questions() {
  const dialog = useRef<HTMLDialogElement>(null);
  const question = asked.value;
  useEffect(() => {
    if (question !== undefined && dialog.current?.open === false) {
      dialog.current.showModal();
    } else if (question === undefined) {
      dialog.current?.close();
    }
  }, [question]);
  const titles = {
    end: t('endTitle'),
    department: t('departmentTitle'),
    forget: t('forgetTitle'),
    transcript: t('getTranscript'),
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby="question"
      onClose={() => ask(undefined)}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <h2 id="question">{question === undefined ? '' : titles[question]}</h2>
      {question === 'end' ? (
        <Confirm text={t('endText')} confirm={t('endChat')} keep={t('endKeep')} act={close} />
      ) : null}
      {question === 'department' ? <Department /> : null}
      {question === 'forget' ? (
        <Confirm text={t('forgetText')} confirm={t('forgetConfirm')} act={forgetMe} isFinal />
      ) : null}
      {question === 'transcript' ? (
        <>
          <Transcript asks />
          <div class="buttons">
            <button class="secondary" type="button" onClick={() => ask(undefined)}>
              {t('ok')}
            </button>
          </div>
        </>
      ) : null}
    </dialog>
  );
}
