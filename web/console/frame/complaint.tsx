// A field of a form that lacks something says so below itself, in the words and the look of the console.
import { render } from 'preact';

import { Wrong } from '../parts/Wrong.tsx';
import { t } from '../texts.ts';

function wordsOf({ validity, type, validationMessage }: HTMLInputElement): string {
  if (validity.valueMissing) {
    return t('fillIn');
  }
  return validity.typeMismatch && type === 'email' ? t('noEmail') : validationMessage;
}

/** Until something is typed there. */
export function complain(field: HTMLInputElement): void {
  const frame = field.closest('.field');
  const id = `${field.id}-lacks`;
  if (field === field.form?.querySelector('input:invalid')) {
    field.focus();
  }
  if (frame === null || document.querySelector(`#${id}`) !== null) {
    return;
  }
  const place = document.createElement('div');
  frame.append(place);
  render(<Wrong id={id} words={wordsOf(field)} />, place);
  const described = field.getAttribute('aria-describedby');
  field.setAttribute('aria-describedby', described === null ? id : `${described} ${id}`);
  field.ariaInvalid = 'true';
  const line = field.closest('.input');
  line?.classList.add('is-invalid');
  const mended = (): void => {
    place.remove();
    field.ariaInvalid = null;
    if (described === null) {
      field.removeAttribute('aria-describedby');
    } else {
      field.setAttribute('aria-describedby', described);
    }
    line?.classList.remove('is-invalid');
  };
  // A password that is shown is another field in the same frame.
  frame.addEventListener('input', mended, { once: true });
}
