/*{"ISFVSN": "2", "DESCRIPTION": "_X_imgRect, _X_imgSize and _X_flip go with each image and each buffer.",
   "INPUTS": [{"NAME": "inputImage", "TYPE": "image"}],
   "PASSES": [{"TARGET": "small", "WIDTH": "8", "HEIGHT": 4}, {}]}*/
void main() {
    if (PASSINDEX == 0) gl_FragColor = vec4(1.0);
    else if (gl_FragCoord.x < 16.0) gl_FragColor = vec4(_inputImage_imgSize, _small_imgSize);
    else gl_FragColor = _inputImage_imgRect + vec4(_inputImage_flip || _small_flip);
}
//@ draw
//@ at 0.1 0.5: 4 2 8 4
//@ at 0.9 0.5: 0 0 1 1
