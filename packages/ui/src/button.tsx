import { cva, type VariantProps } from 'class-variance-authority';
import type { ButtonHTMLAttributes } from 'react';
import { classNames } from './class-names.ts';

/** The classes of a button, for links that look like one. */
export const buttonLook = cva(
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md text-[13px] font-medium whitespace-nowrap transition-colors disabled:pointer-events-none disabled:opacity-55 [&_svg]:size-4',
  {
    variants: {
      look: {
        primary: 'bg-accent text-accent-ink shadow-xs hover:bg-accent/90',
        secondary: 'border border-line bg-surface text-ink shadow-xs hover:bg-raised',
        quiet: 'text-muted hover:bg-raised hover:text-ink',
        danger: 'border border-bad/40 bg-surface text-bad hover:bg-bad-soft',
      },
      size: { small: 'h-7 px-2', medium: 'h-8 px-3', square: 'size-8' },
    },
    defaultVariants: { look: 'secondary', size: 'medium' },
  },
);

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> &
  VariantProps<typeof buttonLook> & { running?: boolean };

/** A button; while `running` it says so and cannot be pressed again. */
export function Button({ look, size, className, running = false, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-busy={running}
      disabled={running || rest.disabled}
      className={classNames(buttonLook({ look, size }), running && 'animate-pulse', className)}
    />
  );
}
