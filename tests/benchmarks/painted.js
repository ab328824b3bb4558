// In the page: notes when each token of an answer has been painted, for `latency.py`.
//
// A change of the DOM is painted with the frame it was made in, if a frame's callback made it, else with the next one;
// that frame has been painted when the first task after it runs. The same for whatever draws the tokens.
(() => {
  let inFrame = false;
  const requestFrame = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    requestFrame((time) => {
      inFrame = true;
      queueMicrotask(() => queueMicrotask(() => (inFrame = false)));
      callback(time);
    });

  function afterTask(run) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = run;
    port2.postMessage(null);
  }

  // Tokens look like "17 "; the last one in the element may lack its space, but never a digit.
  window.watchTokens = (find) => {
    const painted = [];
    let seen = -1;
    const look = () => {
      const element = find();
      const numbers = element?.textContent.slice(-400).match(/\d+(?=\D|$)/g);
      const last = numbers ? Number(numbers.at(-1)) : -1;
      if (last <= seen) return;
      const first = seen + 1;
      seen = last;
      const note = () => {
        const now = performance.timeOrigin + performance.now();
        for (let number = first; number <= last; number++) painted[number] = now;
      };
      if (inFrame) afterTask(note);
      else requestFrame(() => afterTask(note));
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    window.tokensPainted = () => {
      observer.disconnect();
      return painted;
    };
  };
})();
