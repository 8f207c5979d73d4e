'use client';
import type { FormEvent, InputHTMLAttributes, ReactNode, TextareaHTMLAttributes } from 'react';
import { Button } from './button.tsx';
import { ProblemNotice, type Trouble } from './notices.tsx';

const box =
  'w-full rounded-md border border-line-strong/60 bg-surface px-2.5 text-[13px] text-ink placeholder:text-muted';

function Labelled({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: ReactNode;
  children: ReactNode;
}) {
  return (
    <label className="grid gap-1.5">
      <span className="text-[13px] font-medium">{label}</span>
      {children}
      {hint && <span className="text-xs text-muted">{hint}</span>}
    </label>
  );
}

type Named = { label: string; hint?: ReactNode; name: string };

export function TextField({ label, hint, ...rest }: Named & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <Labelled label={label} hint={hint}>
      <input required autoComplete="off" {...rest} className={`${box} h-9`} />
    </Labelled>
  );
}

export function TextArea({
  label,
  hint,
  ...rest
}: Named & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <Labelled label={label} hint={hint}>
      <textarea
        required
        rows={8}
        {...rest}
        className={`${box} py-2 font-mono text-xs leading-relaxed`}
      />
    </Labelled>
  );
}

type SelectProps = Named & {
  /** Value → what is shown. */
  options: Readonly<Record<string, string>>;
};

export function Select({ label, hint, name, options }: SelectProps) {
  return (
    <Labelled label={label} hint={hint}>
      <select name={name} className={`${box} h-9`}>
        {Object.entries(options).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

type FormProps = {
  submit: string;
  running: boolean;
  problem: Trouble | null;
  /** Gets every named field, spaces around it removed. */
  onSubmit: (fields: Readonly<Record<string, string>>) => void;
  children: ReactNode;
};

/** A form with its one button, why it was refused, and what was typed as plain texts. */
export function Form({ submit, running, problem, onSubmit, children }: FormProps) {
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // No form here has a file input, so every value is a text.
    const entries = [...new FormData(event.currentTarget).entries()] as [string, string][];
    onSubmit(Object.fromEntries(entries.map(([name, value]) => [name, value.trim()])));
  };
  return (
    <form onSubmit={send} className="grid gap-4">
      {children}
      {problem && <ProblemNotice problem={problem} />}
      <Button type="submit" look="primary" running={running} className="justify-self-start">
        {submit}
      </Button>
    </form>
  );
}
