-- Written by `manage.py setup_database_roles --sql`. For psql, as a superuser, in the new database:
-- psql --set=owner_password=… --set=web_password=… --set=worker_password=… --set=beat_password=…
do $$ begin if not exists (select from pg_roles where rolname = 'colourmaps') then create role "colourmaps"; end if; end $$;
alter role "colourmaps" login nosuperuser nobypassrls nocreaterole nocreatedb noreplication;
do $$ begin if not exists (select from pg_roles where rolname = 'colourmaps_app') then create role "colourmaps_app"; end if; end $$;
alter role "colourmaps_app" nologin nosuperuser nobypassrls nocreaterole nocreatedb noreplication;
do $$ begin if not exists (select from pg_roles where rolname = 'colourmaps_web') then create role "colourmaps_web"; end if; end $$;
alter role "colourmaps_web" login nosuperuser nobypassrls nocreaterole nocreatedb noreplication;
do $$ begin if not exists (select from pg_roles where rolname = 'colourmaps_worker') then create role "colourmaps_worker"; end if; end $$;
alter role "colourmaps_worker" login nosuperuser nobypassrls nocreaterole nocreatedb noreplication;
do $$ begin if not exists (select from pg_roles where rolname = 'colourmaps_beat') then create role "colourmaps_beat"; end if; end $$;
alter role "colourmaps_beat" login nosuperuser nobypassrls nocreaterole nocreatedb noreplication;
grant "colourmaps_app" to "colourmaps_web", "colourmaps_worker";
alter database "colourmaps" owner to "colourmaps";
revoke all on database "colourmaps" from public;
grant connect, temporary on database "colourmaps" to "colourmaps_app";
grant connect on database "colourmaps" to "colourmaps_beat";
revoke create on schema public from public;
do $$ declare t text; begin
    for t in select tablename from pg_tables where schemaname = 'public'
    loop execute format('alter table public.%I owner to "colourmaps"', t); end loop; end $$;
alter role "colourmaps" password :'owner_password';
alter role "colourmaps_web" password :'web_password';
alter role "colourmaps_worker" password :'worker_password';
alter role "colourmaps_beat" password :'beat_password';
