package dev.howdah.documents.value;

/** An Extended JSON object that is not what its first field says; becomes a fault with a pointer. */
final class WrapperException extends Exception {
    private final String problem;
    private final String remedy;

    WrapperException(String problem, String remedy) {
        super(problem);
        this.problem = problem;
        this.remedy = remedy;
    }

    String problem() {
        return problem;
    }

    String remedy() {
        return remedy;
    }
}
