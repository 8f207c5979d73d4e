'use client';
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button.tsx';

/** Copies `text`; says so once it is on the clipboard. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <Button
      look="quiet"
      size="small"
      aria-label={copied ? `${label}: copied` : label}
      onClick={() => void copy()}
    >
      {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
    </Button>
  );
}

type CodeBlockProps = { label: string; children: string };

/** Text as it is, scrollable and copyable. */
export function CodeBlock({ label, children }: CodeBlockProps) {
  return (
    <div className="relative overflow-hidden rounded-lg border border-line bg-canvas">
      <div className="absolute top-1 right-1 rounded-md bg-canvas">
        <CopyButton text={children} label={`Copy ${label}`} />
      </div>
      <pre
        aria-label={label}
        className="max-h-96 overflow-auto p-3 pr-12 font-mono text-xs leading-relaxed break-words whitespace-pre-wrap"
      >
        {children}
      </pre>
    </div>
  );
}

/** A value as indented JSON. */
export function JsonView({ label, value }: { label: string; value: unknown }) {
  return <CodeBlock label={label}>{JSON.stringify(value, null, 2)}</CodeBlock>;
}
