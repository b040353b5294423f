// What the forms of the panel have in common: faults that are found when the form is sent, the focus
// on the first of them, and one form at a time on its way.
import { Refused, Unreachable } from '../../../shared/answers.ts';
import { useRef, useState } from 'preact/hooks';

import { t } from '../texts.ts';

export type Faults = Readonly<Record<string, string>>;

/** The server has the last word; this only spares the visitor the way to it. */
const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export function mailFault(email: string, required: boolean): string | undefined {
  if (email.trim() === '') {
    return required ? t('required') : undefined;
  }
  return MAIL.test(email.trim()) ? undefined : t('badEmail');
}

/** What to tell the visitor when something did not work. */
export function said(error: unknown): string {
  if (error instanceof Refused && error.code.includes('email')) {
    return t('badEmail');
  }
  return error instanceof Unreachable && error.tooFast ? t('tooManyTries') : t('somethingWrong');
}

export function useForm(check: () => Record<string, string | undefined>, send: () => Promise<void>) {
  const form = useRef<HTMLFormElement>(null);
  const [faults, setFaults] = useState<Faults>({});
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  const submit = async () => {
    const found = Object.entries(check()).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    setFaults(Object.fromEntries(found));
    setProblem(undefined);
    const [first] = found;
    if (first !== undefined) {
      form.current?.querySelector<HTMLElement>(`[name="${CSS.escape(first[0])}"]`)?.focus();
      return;
    }
    setBusy(true);
    try {
      await send();
    } catch (error) {
      setProblem(said(error));
    } finally {
      setBusy(false);
    }
  };
  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (!isBusy) {
      void submit();
    }
  };
  return { form, faults, problem, isBusy, onSubmit };
}

export function Problem({ text }: { readonly text: string | undefined }) {
  return (
    <p class="problem" role="alert">
      {text}
    </p>
  );
}
