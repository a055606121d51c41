/*{"ISFVSN": "2", "DESCRIPTION": "WIDTH and HEIGHT are expressions of the stage's size and of inputs; RENDERSIZE is the pass's.",
   "INPUTS": [{"NAME": "by", "TYPE": "float", "DEFAULT": 4.0, "MIN": 1.0, "MAX": 16.0},
              {"NAME": "kind", "TYPE": "long", "VALUES": [0, 6], "LABELS": ["a", "b"], "DEFAULT": 6}],
   "PASSES": [{"TARGET": "small", "WIDTH": "floor($WIDTH / $by)", "HEIGHT": "max($kind, $HEIGHT - 14.0)"}, {}]}*/
void main() {
    if (PASSINDEX == 0) gl_FragColor = vec4(RENDERSIZE, 0.0, 1.0);
    else gl_FragColor = vec4(IMG_THIS_PIXEL(small).xy, RENDERSIZE);
}
//@ draw
//@ at 0.5 0.5: 8 6 32 16
//@ set by 16.0
//@ set kind "a"
//@ draw
//@ at 0.5 0.5: 2 2 32 16
