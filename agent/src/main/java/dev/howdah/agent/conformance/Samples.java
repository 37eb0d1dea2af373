package dev.howdah.agent.conformance;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** The smallest files of their kinds. */
final class Samples {
    /** A red pixel. */
    static final String PNG = Base64.getEncoder().encodeToString(png());
    /** A sample of silence. */
    static final String WAV = Base64.getEncoder().encodeToString(wav());

    private static final int RATE = 8000;

    private Samples() {}

    private static byte[] png() {
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[]{(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        // One by one, eight bits, colours without transparency.
        chunk(out, "IHDR", ByteBuffer.allocate(13).putInt(1).putInt(1).put((byte) 8).put((byte) 2).array());
        chunk(out, "IDAT", deflate(new byte[]{0, (byte) 255, 0, 0}));
        chunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    private static byte[] deflate(byte[] data) {
        try (var deflater = new Deflater()) {
            deflater.setInput(data);
            deflater.finish();
            var buffer = new byte[64];
            return java.util.Arrays.copyOf(buffer, deflater.deflate(buffer));
        }
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
        var name = type.getBytes(StandardCharsets.US_ASCII);
        var sum = new CRC32();
        sum.update(name);
        sum.update(data);
        out.writeBytes(ByteBuffer.allocate(12 + data.length).putInt(data.length).put(name).put(data)
                .putInt((int) sum.getValue()).array());
    }

    private static byte[] wav() {
        var file = ByteBuffer.allocate(46).order(ByteOrder.LITTLE_ENDIAN);
        file.put(ascii("RIFF")).putInt(38).put(ascii("WAVEfmt ")).putInt(16).putShort((short) 1).putShort((short) 1)
                .putInt(RATE).putInt(RATE * 2).putShort((short) 2).putShort((short) 16).put(ascii("data")).putInt(2)
                .putShort((short) 0);
        return file.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
