import { useEffect, useState } from "preact/hooks";
import "./skeleton.css";

/** In ms. */
const BREATH = 800;

/**
 * Where an answer will stand, until its first text.
 *
 * It breathes by short transitions, with pauses: beside an endless animation the first text would wait for a frame.
 */
export function Skeleton() {
  const [dim, setDim] = useState(false);
  useEffect(() => {
    const timer = setInterval(() => setDim((was) => !was), BREATH);
    return () => clearInterval(timer);
  }, []);
  return (
    <div class="ipytalk-skeleton" data-dim={dim || undefined} aria-hidden="true">
      <i />
      <i />
      <i />
    </div>
  );
}
