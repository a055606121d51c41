/*{"ISFVSN": "2", "DESCRIPTION": "A bool has its DEFAULT until it is set.",
   "INPUTS": [{"NAME": "on", "TYPE": "bool", "DEFAULT": 1.0}]}*/
void main() { gl_FragColor = vec4(on); }
//@ draw
//@ at 0.5 0.5: 1 1 1 1
//@ set on false
//@ draw
//@ at 0.5 0.5: 0 0 0 0
