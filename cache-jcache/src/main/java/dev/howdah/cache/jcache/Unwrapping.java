package dev.howdah.cache.jcache;

/** What is behind an object of the specification. */
final class Unwrapping {
    private Unwrapping() {}

    /** The first of the objects that is of the type. */
    static <T> T unwrap(Object itself, Class<T> type, Object... behind) {
        if (type.isInstance(itself)) {
            return type.cast(itself);
        }
        for (var object : behind) {
            if (type.isInstance(object)) {
                return type.cast(object);
            }
        }
        throw new IllegalArgumentException(itself.getClass().getName() + " cannot be unwrapped to " + type.getName());
    }
}
