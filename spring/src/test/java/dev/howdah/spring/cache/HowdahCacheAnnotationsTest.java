package dev.howdah.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.cache.CacheSettings;
import dev.howdah.cache.CacheValue;
import dev.howdah.cache.Caches;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Spring's annotations, in a context of Spring's. */
class HowdahCacheAnnotationsTest {
    private final Database database = HowdahCacheTest.migrated();
    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private final Shop shop;

    HowdahCacheAnnotationsTest() {
        context.registerBean(Caches.class, () -> new Caches(database, CacheSettings.defaults()));
        context.register(Caching.class);
        context.refresh();
        shop = context.getBean(Shop.class);
    }

    @AfterEach
    void close() {
        context.close();
    }

    record Item(String name, BigDecimal price) {}

    /** A key of no class of ours. */
    static class Order {
        private final long id;

        Order(long id) {
            this.id = id;
        }

        public long getId() {
            return id;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caching {
        @Bean
        CacheManager cacheManager(Caches caches) {
            return new HowdahCacheManager(caches, HowdahCacheTest.json());
        }

        @Bean
        Shop shop() {
            return new Shop();
        }
    }

    /** Counts its calls. */
    static class Shop {
        private final AtomicInteger calls = new AtomicInteger();

        int calls() {
            return calls.get();
        }

        @Cacheable("items")
        public Item item(String name) {
            return new Item(name, new BigDecimal("1.10").add(BigDecimal.valueOf(calls.incrementAndGet())));
        }

        @CachePut(cacheNames = "items", key = "#item.name")
        public Item change(Item item) {
            return item;
        }

        @CacheEvict("items")
        public void forget(String name) {}

        @CacheEvict(cacheNames = "items", allEntries = true, beforeInvocation = true)
        public void forgetAll() {}

        @Cacheable("discounts")
        public @Nullable Item discount(String name, int percent) {
            calls.incrementAndGet();
            return null;
        }

        @Cacheable("optional")
        public Optional<Item> maybe(String name) {
            return name.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Item(name, BigDecimal.valueOf(
                            calls.incrementAndGet())));
        }

        @Cacheable(cacheNames = "rates", sync = true)
        public int rate(String currency) throws IOException {
            if (currency.isEmpty()) {
                throw new IOException("no currency");
            }
            return calls.incrementAndGet();
        }

        @Cacheable(cacheNames = "later", sync = true)
        public CompletableFuture<Integer> later(String name) {
            return name.isEmpty()
                    ? CompletableFuture.failedFuture(new IOException("no name"))
                    : CompletableFuture.supplyAsync(calls::incrementAndGet);
        }

        @Cacheable("sometime")
        public CompletableFuture<@Nullable Integer> sometime() {
            calls.incrementAndGet();
            return CompletableFuture.completedFuture(null);
        }

        @Cacheable("orders")
        public int refused(Order order) {
            return calls.incrementAndGet();
        }

        @Cacheable(cacheNames = "orders", key = "#order.id")
        public int weight(Order order) {
            return calls.incrementAndGet();
        }
    }

    @Test
    void keepsPutsAndEvicts() {
        var tea = shop.item("tea");
        assertThat(shop.item("tea")).isEqualTo(tea);
        assertThat(shop.item("jam")).isNotEqualTo(tea);
        assertThat(shop.calls()).isEqualTo(2);
        var cheaper = shop.change(new Item("tea", BigDecimal.ONE));
        assertThat(shop.item("tea")).isEqualTo(cheaper);
        shop.forget("tea");
        assertThat(shop.item("tea").price()).isEqualTo("4.10");
        shop.forgetAll();
        shop.item("jam");
        assertThat(shop.calls()).isEqualTo(4);
    }

    @Test
    void keepsNull() {
        assertThat(shop.discount("tea", 5)).isNull();
        assertThat(shop.discount("tea", 5)).isNull();
        assertThat(shop.calls()).isEqualTo(1);
        assertThat(shop.discount("tea", 6)).isNull();
        assertThat(shop.calls()).as("another key").isEqualTo(2);
        assertThat(context.getBean(Caches.class).open("discounts").get(":(\"tea\",5)"))
                .contains(CacheValue.json("null"));
    }

    @Test
    void keepsWhatIsOptional() {
        assertThat(shop.maybe("")).isEmpty();
        var tea = shop.maybe("tea");
        assertThat(shop.maybe("tea")).isEqualTo(tea).isPresent();
        assertThat(shop.calls()).isEqualTo(1);
    }

    @Test
    void loadsInStep() throws Exception {
        assertThat(shop.rate("eur")).isEqualTo(1);
        assertThat(shop.rate("eur")).isEqualTo(1);
        assertThatThrownBy(() -> shop.rate("")).as("what the method throws").isInstanceOf(IOException.class)
                .hasMessage("no currency");
    }

    @Test
    void keepsWhatIsPromised() throws Exception {
        assertThat(shop.later("tea").get(10, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(shop.later("tea").get(10, TimeUnit.SECONDS)).isEqualTo(1);
        assertThatThrownBy(() -> shop.later("").get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        assertThat(shop.sometime().get(10, TimeUnit.SECONDS)).isNull();
        assertThat(shop.sometime().get(10, TimeUnit.SECONDS)).isNull();
        assertThat(shop.calls()).isEqualTo(2);
    }

    @Test
    void saysWhichKeyItNeeds() {
        assertThatThrownBy(() -> shop.refused(new Order(5))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("HowdahCacheAnnotationsTest$Order").hasMessageContaining("key = \"#order.id\"");
        assertThat(shop.weight(new Order(5))).isEqualTo(shop.weight(new Order(5)));
        assertThat(shop.calls()).isEqualTo(1);
    }
}
