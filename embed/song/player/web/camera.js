// One camera for all panels: rotated about the upright third axis, tilted, in perspective, looking at the middle.

const FIRST_VIEW = { yaw: -0.6, pitch: 0.35, zoom: 1 };
const DISTANCE = 3.6; // radii of the trajectory from camera to middle
const FILL = 0.98; // radius of the trajectory over half of a panel's smaller side

class Camera {
  constructor() {
    this.reset();
  }

  reset() {
    Object.assign(this, FIRST_VIEW);
  }

  rotate(yaw, pitch) {
    this.yaw += yaw;
    this.pitch = clamp(this.pitch + pitch, -Math.PI / 2, Math.PI / 2);
  }

  scale(factor) {
    this.zoom = clamp(this.zoom * factor, 0.4, 12);
  }

  // A function from the coordinates of a point to [x, y, depth] in a panel; the depth is -1 near to 1 far.
  projector(width, height) {
    const [cosYaw, sinYaw] = [Math.cos(this.yaw), Math.sin(this.yaw)];
    const [cosPitch, sinPitch] = [Math.cos(this.pitch), Math.sin(this.pitch)];
    const size = (Math.min(width, height) / 2) * FILL * this.zoom;
    return (x, y, z) => {
      const right = x * cosYaw - y * sinYaw;
      const away = x * sinYaw + y * cosYaw;
      const up = z * cosPitch + away * sinPitch;
      const depth = away * cosPitch - z * sinPitch;
      const near = (size * DISTANCE) / Math.max(0.1, DISTANCE + depth); // a diverging forecast may be behind the camera
      return [width / 2 + right * near, height / 2 - up * near, depth];
    };
  }
}
