// Scans badges with the phone's camera: the browser's own detector, or the vendored one.
"use strict";

const scan = document.querySelector("[data-scan]");
const codeForm = document.querySelector("[data-door-code]");
if (scan && codeForm && window.htmx) {
  const EVERY_MS = 180;
  const SAME_FOR_MS = 4000;
  const WIDEST = 640;
  const picture = scan.querySelector("[data-scan-picture]");
  const words = scan.querySelector("[data-scan-words]");
  const button = scan.querySelector("[data-scan-button]");
  const canvas = document.createElement("canvas");
  let stream = null;
  let timer = 0;
  let last = { code: "", at: 0 };

  const load = (address) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });

  const ownDetector = async () => {
    if (!("BarcodeDetector" in window)) return null;
    const formats = await window.BarcodeDetector.getSupportedFormats();
    if (!formats.includes("qr_code")) return null;
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    return async () => (await detector.detect(picture))[0]?.rawValue;
  };

  const vendoredDetector = async () => {
    if (!window.jsQR) await load(scan.dataset.decoder);
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    return async () => {
      const shrink = Math.min(1, WIDEST / picture.videoWidth);
      canvas.width = Math.round(picture.videoWidth * shrink);
      canvas.height = Math.round(picture.videoHeight * shrink);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const seen = pen.getImageData(0, 0, canvas.width, canvas.height);
      const options = { inversionAttempts: "dontInvert" };
      return window.jsQR(seen.data, canvas.width, canvas.height, options)?.data;
    };
  };

  const take = (code) => {
    const now = performance.now();
    const isSame = code === last.code && now - last.at < SAME_FOR_MS;
    last = { code, at: now };
    if (isSame) return;
    if (navigator.vibrate) navigator.vibrate(60);
    codeForm.elements.code.value = code;
    codeForm.elements.typed.value = "";
    codeForm.requestSubmit();
  };

  const look = async (detect) => {
    if (!stream) return;
    if (picture.videoWidth && !document.hidden) {
      const code = await detect().catch(() => "");
      if (code && stream) take(code.trim());
    }
    timer = window.setTimeout(() => look(detect), EVERY_MS);
  };

  const stop = (sentence) => {
    window.clearTimeout(timer);
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    picture.srcObject = null;
    picture.hidden = true;
    delete scan.dataset.scanning;
    button.textContent = "Scan badges";
    words.textContent = sentence;
  };

  const start = async () => {
    words.textContent = "Starting the camera…";
    try {
      const video = { facingMode: "environment", width: { ideal: 1280 } };
      stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
      picture.srcObject = stream;
      picture.hidden = false;
      await picture.play();
      const detect = (await ownDetector().catch(() => null)) || (await vendoredDetector());
      scan.dataset.scanning = "";
      button.textContent = "Stop scanning";
      words.textContent = "Hold a badge before the camera.";
      look(detect);
    } catch (error) {
      stop(error.name === "NotAllowedError"
        ? "The browser may not use the camera. Allow it in the address bar, or type the name."
        : "The camera does not work here. Type the name, or use a hand scanner.");
    }
  };

  button.addEventListener("click", () => { if (stream) stop(""); else start(); });
  window.addEventListener("pagehide", () => stop(""));
  // Browsers give a camera to pages that came over https, or from this very machine, only.
  if (navigator.mediaDevices) scan.hidden = false;
}
