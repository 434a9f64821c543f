/**
 * The float64 nearest to a decimal as Python's `repr` writes it, for so the portal has got it so far:
 * `100.0`, `1e-05`, `1e+16`. The digits are JavaScript's, since both write the shortest ones that read
 * back as the same float; the layout is Python's.
 */
export function pythonFloat(decimal: string | number): string {
  const value = Number(decimal);
  if (!Number.isFinite(value)) throw new RangeError(`Not a float64: ${decimal}`);
  const [mantissa = "", exponentText] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const exponent = Number(exponentText);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (exponent < -4 || exponent >= 16) {
    const exponentSign = exponent < 0 ? "-" : "+";
    return `${sign}${mantissa}e${exponentSign}${Math.abs(exponent).toString().padStart(2, "0")}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
}
