import './locked.css';

import type { ComponentChildren } from 'preact';

import { Icon } from './Icon.tsx';

interface Props {
  readonly id?: string;
  readonly children: ComponentChildren;
}

/** What whoever runs the server has fixed stands where it would be changed. */
export function Locked({ id, children }: Props) {
  return (
    <span class="locked" id={id}>
      <Icon name="lock" size={14} />
      {children}
    </span>
  );
}
