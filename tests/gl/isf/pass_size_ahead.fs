/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A pass may ask how large a later one's persistent buffer is, in the first frame, too; it holds nothing yet.",
  "PASSES": [
    {"TARGET": "first", "WIDTH": "4", "HEIGHT": "2"},
    {"TARGET": "later", "PERSISTENT": true, "WIDTH": "$WIDTH / 2", "HEIGHT": "5"},
    {}
  ]
}*/
//@ draw
//@ at 0.5 0.5: 0.16 0.05 0 1
//@ draw
//@ at 0.5 0.5: 0.16 0.05 0.5 1
void main() {
    if (PASSINDEX == 0) gl_FragColor = vec4(IMG_SIZE(later) / 100.0, IMG_THIS_PIXEL(later).r, 1.0);
    else if (PASSINDEX == 1) gl_FragColor = vec4(0.5);
    else gl_FragColor = IMG_THIS_PIXEL(first);
}
