'use client';
import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';

type DialogProps = {
  title: string;
  description: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
};

/** A modal question: focus stays inside, Escape and the backdrop close it. */
export function Dialog({ title, description, open, onClose, children }: DialogProps) {
  return (
    <Primitive.Root open={open} onOpenChange={onClose}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 bg-black/45 backdrop-blur-[2px]" />
        <Primitive.Content className="fixed top-1/2 left-1/2 z-50 max-h-[90dvh] w-[calc(100vw-2rem)] max-w-md -translate-1/2 overflow-y-auto rounded-xl border border-line bg-surface p-5 text-ink shadow-xl">
          <Primitive.Title className="pr-8 text-base font-semibold">{title}</Primitive.Title>
          <Primitive.Description className="mt-1 mb-4 text-muted">
            {description}
          </Primitive.Description>
          {children}
          <Primitive.Close asChild>
            <Button
              look="quiet"
              size="square"
              aria-label="Close"
              className="absolute top-3 right-3"
            >
              <X aria-hidden />
            </Button>
          </Primitive.Close>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
