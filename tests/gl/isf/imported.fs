/*{"ISFVSN": "2", "DESCRIPTION": "An imported image lies the right way up: the file's first row is at the top.",
   "IMPORTED": {"card": {"PATH": "imported.png"}}}*/
void main() { gl_FragColor = gl_FragCoord.y < 8.0 ? IMG_NORM_PIXEL(card, vec2(0.01)) : IMG_NORM_PIXEL(card, vec2(0.01, 0.99)); }
//@ draw
//@ at 0.5 0.1: 0 0 1 1
//@ at 0.5 0.9: 1 0 0 1
