// A line, and
/* a licence of its own */
/*
{"ISFVSN": "2", "DESCRIPTION": "What stands before the header is passed over.", "SOMETHING_ELSE": {"is": "ignored"},
 "INPUTS": [{"NAME": "level", "TYPE": "float", "DEFAULT": 0.5, "IDENTITY": 0.0, "LABEL": "how much"}]}
*/
void main() { gl_FragColor = vec4(level); }
//@ draw
//@ at 0.5 0.5: 0.5 0.5 0.5 0.5
