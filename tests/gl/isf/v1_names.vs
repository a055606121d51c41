varying vec2 mine;
void main() {
    vv_vertShaderInit();
    mine = vv_FragNormCoord.yx;
}
