// Links and buttons that change the page without loading everything again. Their addresses are real, so that they can
// be opened in another tab.

import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import Button from '@cloudscape-design/components/button';
import type { ButtonProps } from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';

import { BASE } from '../base';

export function GoLink({ to, children }: { to: string; children: ReactNode }) {
  const navigate = useNavigate();
  return (
    <Link
      href={BASE + to}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(to);
      }}
    >
      {children}
    </Link>
  );
}

export function GoButton({ to, children, ...rest }: { to: string } & ButtonProps) {
  const navigate = useNavigate();
  return (
    <Button
      {...rest}
      href={BASE + to}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(to);
      }}
    >
      {children}
    </Button>
  );
}

/** A path segment of the console's own addresses. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}
