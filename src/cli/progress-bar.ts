/** A bar on standard error that shows how far something is. Where that is no terminal, nothing is shown. */
export interface ProgressBar {
  readonly show: (done: number, expected: number, what: string) => void;
  readonly clear: () => void;
}

const WIDTH = 30;

export function progressBar(stream: NodeJS.WriteStream = process.stderr): ProgressBar {
  const write = (text: string): void => {
    if (stream.isTTY) stream.write(`\r\u001b[K${text}`);
  };
  return {
    show: (done, expected, what) => {
      const part = Math.min(1, done / expected);
      const filled = Math.round(part * WIDTH);
      write(`${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${Math.floor(part * 100)}% ${what}`);
    },
    clear: () => write(''),
  };
}
