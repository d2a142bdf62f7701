// A hatch that says "chosen" without colour alone.

const SIZE = 8;
const made = new Map();

/** Return a pattern of slanted lines over a colour. */
export function hatch(colour) {
  if (!made.has(colour)) made.set(colour, draw(colour));
  return made.get(colour);
}

function draw(colour) {
  const ratio = devicePixelRatio || 1;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE * ratio;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.fillStyle = colour;
  pen.fillRect(0, 0, SIZE, SIZE);
  pen.strokeStyle = "#ffffffd0";
  pen.lineWidth = 2.5;
  pen.beginPath();
  for (const start of [-SIZE, 0, SIZE]) {
    pen.moveTo(start, SIZE);
    pen.lineTo(start + SIZE, 0);
  }
  pen.stroke();
  return pen.createPattern(canvas, "repeat");
}
