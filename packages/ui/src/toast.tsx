'use client';
import { Toast as Primitive } from 'radix-ui';
import { createContext, use, useState, type ReactNode } from 'react';

const ToastContext = createContext<(text: string) => void>(() => undefined);

/** Gives a function that tells the user in passing that something was done. */
export function useToast(): (text: string) => void {
  return use(ToastContext);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [text, setText] = useState<string | null>(null);
  return (
    <ToastContext value={setText}>
      <Primitive.Provider duration={5000}>
        {children}
        <Primitive.Root
          open={text !== null}
          onOpenChange={() => setText(null)}
          className="rounded-lg border border-line bg-ink px-4 py-3 text-canvas shadow-lg"
        >
          <Primitive.Description>{text}</Primitive.Description>
        </Primitive.Root>
        <Primitive.Viewport className="fixed right-4 bottom-4 z-50 w-80 max-w-[calc(100vw-2rem)]" />
      </Primitive.Provider>
    </ToastContext>
  );
}
