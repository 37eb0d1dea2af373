package dev.howdah.operations.imports;

import com.moilioncircle.redis.replicator.Replicator;
import com.moilioncircle.redis.replicator.io.RedisInputStream;
import com.moilioncircle.redis.replicator.rdb.BaseRdbParser;
import com.moilioncircle.redis.replicator.rdb.BaseRdbParser.LenHelper;
import com.moilioncircle.redis.replicator.rdb.BaseRdbParser.StringHelper;
import com.moilioncircle.redis.replicator.rdb.DefaultRdbValueVisitor;
import com.moilioncircle.redis.replicator.rdb.datatype.ZSetEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;

/** Reads small sorted sets in place of the library, which does not know the infinite scores that Redis writes as inf and -inf. */
final class RdbValues extends DefaultRdbValueVisitor {
    private static final int LIST_PACK_BYTES = 4;
    private static final int LIST_PACK_LENGTH = 2;
    private static final int END = 255;

    RdbValues(Replicator replicator) {
        super(replicator);
    }

    /** Members and scores in turn, whatever holds them. */
    @FunctionalInterface
    private interface Entries {
        byte[] next() throws IOException;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as the library has it
    public <T> T applyZSetZipList(RedisInputStream in, int version) throws IOException {
        try (var list = new RedisInputStream(new BaseRdbParser(in).rdbLoadPlainStringObject())) {
            LenHelper.zlbytes(list);
            LenHelper.zltail(list);
            var scored = scored(LenHelper.zllen(list), () -> StringHelper.zipListEntry(list));
            checkEnd(LenHelper.zlend(list));
            return (T) scored;
        }
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as the library has it
    public <T> T applyZSetListPack(RedisInputStream in, int version) throws IOException {
        try (var list = new RedisInputStream(new BaseRdbParser(in).rdbLoadPlainStringObject())) {
            list.skip(LIST_PACK_BYTES);
            var scored = scored(list.readInt(LIST_PACK_LENGTH), () -> StringHelper.listPackEntry(list));
            checkEnd(list.read());
            return (T) scored;
        }
    }

    private static Set<ZSetEntry> scored(int length, Entries entries) throws IOException {
        var scored = new LinkedHashSet<ZSetEntry>();
        for (int left = length; left > 0; left -= 2) {
            var member = entries.next();
            scored.add(new ZSetEntry(member, score(new String(entries.next(), StandardCharsets.US_ASCII))));
        }
        return scored;
    }

    private static double score(String text) {
        return switch (text) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    private static void checkEnd(int end) throws IOException {
        if (end != END) {
            throw new IOException("a sorted set has no end");
        }
    }
}
