import { useEffect, useState } from "preact/hooks";

/** Draw again each second, and give the seconds since `start` (ms, as `performance.now`), whole. */
export function useSeconds(start: number): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.floor((now - start) / 1_000));
}
