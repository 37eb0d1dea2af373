package dev.howdah.cache.jcache;

import java.lang.management.ManagementFactory;
import java.net.URI;
import javax.cache.CacheException;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.management.CacheMXBean;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** The beans of a cache in the management server of this process, by the names of the specification. */
record Management(CompleteConfiguration<?, ?> configuration) implements CacheMXBean {
    /** The type in the name of a bean. */
    enum Type {
        CONFIGURATION("CacheConfiguration"), STATISTICS("CacheStatistics");

        private final String label;

        Type(String label) {
            this.label = label;
        }
    }

    static void register(Type type, URI manager, String cache, Object bean) {
        try {
            server().registerMBean(bean, name(type, manager, cache));
        } catch (InstanceAlreadyExistsException e) {
            // enabled twice
        } catch (JMException e) {
            throw new CacheException("the " + type.label + " of the cache \"" + cache + "\" cannot be shown: " + e, e);
        }
    }

    static void deregister(Type type, URI manager, String cache) {
        try {
            server().unregisterMBean(name(type, manager, cache));
        } catch (InstanceNotFoundException e) {
            // was not enabled
        } catch (JMException e) {
            throw new CacheException("the " + type.label + " of the cache \"" + cache + "\" cannot be hidden: " + e,
                    e);
        }
    }

    private static MBeanServer server() {
        return ManagementFactory.getPlatformMBeanServer();
    }

    private static ObjectName name(Type type, URI manager, String cache) throws JMException {
        return new ObjectName("javax.cache:type=" + type.label + ",CacheManager=" + safe(manager.toString())
                + ",Cache=" + safe(cache));
    }

    /** What means something in a name becomes a dot. */
    private static String safe(String text) {
        return text.replaceAll("[,:=\n]", ".");
    }

    @Override
    public String getKeyType() {
        return configuration.getKeyType().getName();
    }

    @Override
    public String getValueType() {
        return configuration.getValueType().getName();
    }

    @Override
    public boolean isReadThrough() {
        return configuration.isReadThrough();
    }

    @Override
    public boolean isWriteThrough() {
        return configuration.isWriteThrough();
    }

    @Override
    public boolean isStoreByValue() {
        return configuration.isStoreByValue();
    }

    @Override
    public boolean isStatisticsEnabled() {
        return configuration.isStatisticsEnabled();
    }

    @Override
    public boolean isManagementEnabled() {
        return configuration.isManagementEnabled();
    }
}
