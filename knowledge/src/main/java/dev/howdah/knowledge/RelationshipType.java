package dev.howdah.knowledge;

/** How a repository depends on another: it calls its API, or it was made from it as a template. */
public enum RelationshipType {
    API_CONSUMER, TEMPLATE_FORK
}
