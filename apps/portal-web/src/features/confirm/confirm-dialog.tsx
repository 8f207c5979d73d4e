'use client';
import { Button } from '@maxai/ui/button';
import { Dialog } from '@maxai/ui/dialog';
import { ProblemNotice, type Trouble } from '@maxai/ui/notices';

type ConfirmDialogProps<T> = {
  title: string;
  description: string;
  confirm: string;
  /** What it is about; null while nothing is asked. */
  subject: T | null;
  action: { running: boolean; problem: Trouble | null };
  onClose: () => void;
  onConfirm: (subject: T) => void;
};

/** Asks before something that cannot be taken back. */
export function ConfirmDialog<T>(props: ConfirmDialogProps<T>) {
  const { subject, action } = props;
  return (
    <Dialog
      title={props.title}
      description={props.description}
      open={subject !== null}
      onClose={props.onClose}
    >
      <div className="grid justify-items-start gap-4">
        {action.problem && <ProblemNotice problem={action.problem} />}
        {subject !== null && (
          <Button look="danger" running={action.running} onClick={() => props.onConfirm(subject)}>
            {props.confirm}
          </Button>
        )}
      </div>
    </Dialog>
  );
}
