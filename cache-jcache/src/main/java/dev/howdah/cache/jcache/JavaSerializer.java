package dev.howdah.cache.jcache;

import dev.howdah.cache.CacheValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.util.List;
import javax.cache.CacheException;

/**
 * Java's own serialisation, for types that say no better. Whoever can write to the database could otherwise have any class of
 * this process built: only those that are listed are read, and no more than the limits. What is written is read at once, so
 * that what could not be read is refused when it is stored.
 */
final class JavaSerializer implements Serializer<Object> {
    /** References within each other, objects, bytes of a value, elements of an array. */
    private static final String LIMITS = "maxdepth=64;maxrefs=100000;maxbytes=16777216;maxarray=1000000";
    /** Values and collections, which do nothing but hold what is in them. */
    private static final List<String> VALUES = List.of("java.lang.Object", "java.lang.String", "java.lang.Number",
            "java.lang.Byte", "java.lang.Short", "java.lang.Integer", "java.lang.Long", "java.lang.Float",
            "java.lang.Double", "java.lang.Boolean", "java.lang.Character", "java.lang.Enum", "java.math.*",
            "java.time.*", "java.net.URI", "java.util.UUID", "java.util.Date", "java.util.Locale",
            "java.util.Currency", "java.util.BitSet", "java.util.ArrayList", "java.util.Arrays$ArrayList",
            "java.util.LinkedList", "java.util.ArrayDeque", "java.util.HashMap", "java.util.LinkedHashMap",
            "java.util.TreeMap", "java.util.HashSet", "java.util.LinkedHashSet", "java.util.TreeSet",
            "java.util.EnumMap", "java.util.EnumSet$SerializationProxy", "java.util.CollSer",
            "java.util.Collections$Empty*", "java.util.Collections$Singleton*", "java.util.Map$Entry");

    private final ClassLoader loader;
    private final ObjectInputFilter filter;

    JavaSerializer(ClassLoader loader, List<String> patterns) {
        this.loader = loader;
        this.filter = ObjectInputFilter.Config.createFilter(LIMITS + ";" + String.join(";", VALUES) + ";"
                + (patterns.isEmpty() ? "" : String.join(";", patterns) + ";") + "!*");
    }

    @Override
    public CacheValue write(Object value) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        } catch (IOException e) {
            throw new CacheException("a " + value.getClass().getName() + " cannot be serialized: " + e
                    + "; make it serializable, or give the cache a serializer of your own", e);
        }
        read(bytes.toByteArray());
        return CacheValue.bytes(bytes.toByteArray());
    }

    @Override
    public Object read(CacheValue stored) {
        return read(stored.bytes());
    }

    private Object read(byte[] bytes) {
        try (var in = new Input(new ByteArrayInputStream(bytes))) {
            in.setObjectInputFilter(filter);
            return in.readObject();
        } catch (IOException | ClassNotFoundException e) {
            throw new CacheException("serialized bytes cannot be read: " + e + "; name the types that may be in "
                    + HowdahCachingProvider.SERIALIZABLE + ", or give the cache a serializer of your own", e);
        }
    }

    /** Finds classes by the loader of the cache manager. */
    private final class Input extends ObjectInputStream {
        Input(InputStream bytes) throws IOException {
            super(bytes);
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
            try {
                return Class.forName(description.getName(), false, loader);
            } catch (ClassNotFoundException e) {
                return super.resolveClass(description); // primitive types
            }
        }
    }
}
