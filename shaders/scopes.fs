/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Instruments over the picture: a waveform, a vectorscope and a histogram, as on a grading desk.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "scope"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly they show"},
    {"NAME": "size", "TYPE": "float", "DEFAULT": 0.34, "MIN": 0.1, "MAX": 0.6, "LABEL": "height of the instruments"},
    {"NAME": "gain", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.2, "MAX": 4.0, "LABEL": "brightness of the traces"},
    {"NAME": "ground", "TYPE": "float", "DEFAULT": 0.75, "MIN": 0.0, "MAX": 1.0, "LABEL": "how dark it is behind them"},
    {"NAME": "top", "TYPE": "bool", "DEFAULT": false, "LABEL": "along the upper edge"}
  ],
  "PASSES": [
    {"TARGET": "small", "WIDTH": "96", "HEIGHT": "32"},
    {"TARGET": "wave", "WIDTH": "96", "HEIGHT": "64"},
    {"TARGET": "vector", "WIDTH": "72", "HEIGHT": "72"},
    {"TARGET": "counts", "WIDTH": "96", "HEIGHT": "1"},
    {}
  ]
}*/

vec2 chroma(vec3 c) { return vec2(dot(c, vec3(-0.1146, -0.3854, 0.5)), dot(c, vec3(0.5, -0.4542, -0.0458))); }

// A hairline of about a pixel, `x` being counted in pixels.
float hair(float x) { return smoothstep(1.0, 0.0, abs(x)); }

vec3 waveform(vec2 p, float px) {
    vec3 trace = IMG_NORM_PIXEL(wave, p).rgb;
    float scale = 0.0;
    for (int i = 0; i <= 4; i++) scale = max(scale, hair((p.y - 0.03 - 0.235 * float(i)) / px));
    return mix(vec3(dot(trace, vec3(0.33))), trace, 0.7) * gain + vec3(0.55, 0.48, 0.34) * scale * 0.35;
}

vec3 vectors(vec2 p, float px) {
    vec2 q = p * 2.0 - 1.0;
    vec4 trace = IMG_NORM_PIXEL(vector, p);
    vec3 hue = clamp(vec3(0.55) + vec3(1.5748 * q.y, -0.1873 * q.x - 0.4681 * q.y, 1.8556 * q.x) * 0.6, 0.0, 1.0);
    float scale = hair((length(q) - 0.95) * 0.5 / px) + 0.5 * hair((length(q) - 0.475) * 0.5 / px);
    scale += 0.4 * max(hair(q.x * 0.5 / px), hair(q.y * 0.5 / px)) * step(length(q), 0.95);
    // the line on which skin lies
    vec2 skin = normalize(vec2(-0.43, 0.62));
    scale += 0.7 * hair(dot(q, vec2(-skin.y, skin.x)) * 0.5 / px) * step(0.0, dot(q, skin)) * step(length(q), 0.95);
    return hue * trace.r * gain * 1.7 + vec3(0.55, 0.48, 0.34) * scale * 0.40;
}

vec3 histogram(vec2 p, float px) {
    vec3 count = IMG_NORM_PIXEL(counts, vec2(p.x, 0.5)).rgb * 0.94;
    vec3 fill = smoothstep(vec3(0.0), vec3(-px * 1.5), p.y - 0.03 - count);
    vec3 rim = smoothstep(vec3(2.0 * px), vec3(0.0), abs(p.y - 0.03 - count));
    float scale = hair((p.y - 0.03) / px);
    return (fill * (0.28 + 0.25 * p.y) + rim * 0.5) * gain + vec3(0.55, 0.48, 0.34) * scale * 0.35;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        vec2 e = 0.25 / RENDERSIZE;
        gl_FragColor = 0.5 * (IMG_NORM_PIXEL(inputImage, uv + e) + IMG_NORM_PIXEL(inputImage, uv - e));
    } else if (PASSINDEX == 1) {
        vec3 sum = vec3(0.0);
        for (int i = 0; i < 32; i++) {
            vec3 off = (IMG_NORM_PIXEL(small, vec2(uv.x, (float(i) + 0.5) / 32.0)).rgb * 0.94 + 0.03 - uv.y) * 70.0;
            sum += exp(-off * off);
        }
        gl_FragColor = vec4(1.0 - exp(-sum * 0.45), 1.0);
    } else if (PASSINDEX == 2) {
        vec2 aim = (uv * 2.0 - 1.0) * 0.55;
        float sum = 0.0;
        for (int i = 0; i < 384; i++) {
            vec2 at = vec2(float(i % 24) + 0.5, float(i / 24) + 0.5) / vec2(24.0, 16.0);
            vec2 off = (chroma(texture(small, at).rgb) - aim) * 75.0;
            sum += exp(-dot(off, off));
        }
        gl_FragColor = vec4(vec3(1.0 - exp(-sum * 0.5)), 1.0);
    } else if (PASSINDEX == 3) {
        vec3 sum = vec3(0.0);
        for (int i = 0; i < 768; i++) {
            vec3 off = (texture(small, vec2(float(i % 48) + 0.5, float(i / 48) + 0.5) / vec2(48.0, 16.0)).rgb - uv.x) * 45.0;
            sum += exp(-off * off);
        }
        gl_FragColor = vec4(1.0 - exp(-sum / 768.0 * 14.0), 1.0);
    } else {
        vec4 picture = IMG_THIS_PIXEL(inputImage);
        float aspect = RENDERSIZE.x / RENDERSIZE.y, margin = 0.03;
        float tall = min(size, (aspect - 4.0 * margin) * 0.36);  // on an upright picture there is room for less
        vec2 p = vec2(uv.x * aspect, top ? 1.0 - uv.y : uv.y) - margin;
        if (top) p.y = tall - p.y;
        float room = aspect - 4.0 * margin - tall, px = 1.0 / (RENDERSIZE.y * tall), inside = step(0.0, p.y) * step(p.y, tall);
        float wide = room * 0.6, third = wide + tall + 2.0 * margin, x = p.x;
        vec3 trace = vec3(0.0);
        float panel = 0.0, y = p.y / tall;
        if (x >= 0.0 && x <= wide) { trace = waveform(vec2(x / wide, y), px); panel = 1.0; }
        else if (x >= wide + margin && x <= wide + margin + tall) { trace = vectors(vec2((x - wide - margin) / tall, y), px); panel = 1.0; }
        else if (x >= third && x <= third + room * 0.4) { trace = histogram(vec2((x - third) / (room * 0.4), y), px); panel = 1.0; }
        panel *= inside;
        vec3 c = mix(picture.rgb, picture.rgb * 0.12 + vec3(0.010, 0.011, 0.014), panel * ground) + trace * panel;
        gl_FragColor = vec4(mix(picture.rgb, c, amount), picture.a);
    }
}
